using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Tests.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Rules;

public sealed class RuleConditionTests
{
    [Theory]
    [InlineData(">", false, false, true)]
    [InlineData("<", true, false, false)]
    [InlineData(">=", false, true, true)]
    [InlineData("<=", true, true, false)]
    [InlineData("==", false, true, false)]
    [InlineData("!=", true, false, true)]
    public void Numbers_are_compared_by_size(string symbol, bool below, bool at, bool above)
    {
        var condition = Condition(symbol, 70);

        Assert.Equal(below, condition.Holds(Value(69.999)));
        Assert.Equal(at, condition.Holds(Value(70)));
        Assert.Equal(above, condition.Holds(Value(70.001)));
    }

    [Theory]
    [InlineData("==", "on", "on", true)]
    [InlineData("==", "ON", "on", false)]
    [InlineData("!=", "off", "on", true)]
    [InlineData("!=", "on", "on", false)]
    [InlineData(">", "on", "on", null)]
    [InlineData("<=", "on", "on", null)]
    [InlineData("==", 1.0, "1", null)]
    [InlineData("!=", 1.0, "on", null)]
    [InlineData("==", "70", 70.0, null)]
    [InlineData(">", "hot", 70.0, null)]
    [InlineData("!=", true, "true", null)]
    public void Texts_are_compared_by_equality_and_with_texts_only(string symbol, object value, object threshold, bool? holds) =>
        Assert.Equal(holds, Condition(symbol, threshold).Holds(Value(value)));

    [Theory]
    [InlineData("==", true, true, true)]
    [InlineData("==", false, true, false)]
    [InlineData("!=", false, true, true)]
    [InlineData("==", 1.0, true, true)] // many a device says 0 and 1
    [InlineData("==", 0.0, false, true)]
    [InlineData(">", true, false, null)]
    [InlineData(">=", 1.0, true, null)]
    [InlineData(">", true, 0.0, true)]
    [InlineData("<", true, 0.5, false)]
    public void A_boolean_threshold_is_compared_by_equality_and_a_boolean_value_counts_as_1_or_0(string symbol, object value, object threshold, bool? holds) =>
        Assert.Equal(holds, Condition(symbol, threshold).Holds(Value(value)));

    [Theory]
    [InlineData(">", 70.0, 60.0, 80.0, true)]
    [InlineData(">", 70.0, 60.0, 65.0, true)]
    [InlineData(">", 70.0, 60.0, 60.0, false)]
    [InlineData(">=", 70.0, 60.0, 60.0, true)]
    [InlineData(">=", 70.0, 60.0, 59.9, false)]
    [InlineData("<", 10.0, 15.0, 12.0, true)]
    [InlineData("<", 10.0, 15.0, 15.0, false)]
    [InlineData("<=", 10.0, 15.0, 15.0, true)]
    [InlineData(">", 70.0, 90.0, 80.0, true)]
    [InlineData("==", 5.0, 3.0, 5.0, true)]
    [InlineData("==", 5.0, 3.0, 3.0, false)]
    [InlineData("!=", 5.0, 3.0, 3.0, true)]
    [InlineData("==", "on", 3.0, "off", false)]
    [InlineData(">", 70.0, 60.0, "cold", null)]
    public void A_firing_rule_stays_firing_while_its_condition_holds_or_its_clear_threshold_is_not_crossed(string symbol, object threshold, double clear, object value, bool? holds) =>
        Assert.Equal(holds, Condition(symbol, threshold).StillHolds(Value(value), clear));

    [Fact]
    public void What_holds_still_holds_whatever_the_clear_threshold() => Prop.ForAll(
        Gen.Elements(Enum.GetValues<ComparisonOperator>()).ToArbitrary(), Gen.Choose(0, 4).Three().ToArbitrary(), (comparison, numbers) =>
        {
            var (value, threshold, clear) = numbers;
            var condition = new RuleCondition(MetricName.Parse("a"), comparison, Value(threshold), TimeSpan.Zero);
            if (condition.Holds(Value(value)) == true)
                Assert.True(condition.StillHolds(Value(value), clear));

            Assert.Equal(condition.Holds(Value(value)), condition.StillHolds(Value(value), null));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_operator_reads_back_from_its_symbol()
    {
        foreach (var comparison in Enum.GetValues<ComparisonOperator>())
        {
            Assert.True(RuleCondition.TryParseSymbol(RuleCondition.Symbol(comparison), out var parsed));
            Assert.Equal(comparison, parsed);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("=")]
    [InlineData("> ")]
    public void Other_symbols_are_none(string? symbol) => Assert.False(RuleCondition.TryParseSymbol(symbol, out _));

    [Theory]
    [InlineData(0, "temperature > 70")]
    [InlineData(60, "temperature > 70 for 60 s")]
    [InlineData(0.25, "temperature > 70 for 0.25 s")]
    public void It_is_read_as_a_sentence(double duration, string sentence) => Assert.Equal(sentence, Hot.For(duration).Condition.ToString());

    private static RuleCondition Condition(string symbol, object threshold) =>
        new(MetricName.Parse("a"), RuleCondition.TryParseSymbol(symbol, out var comparison) ? comparison : throw new FormatException(symbol), Value(threshold), TimeSpan.Zero);
}
