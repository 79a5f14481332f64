using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Devices.Types.Expressions;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Tests.Devices.Types;

public sealed class ExpressionTests
{
    private static readonly Dictionary<string, MetricValue> Values = new()
    {
        ["a"] = MetricValue.Of(6),
        ["b"] = MetricValue.Of(4),
        ["on"] = MetricValue.Of(true),
        ["cpu-percent"] = MetricValue.Of(50),
        ["say \"hi\" \\"] = MetricValue.Of(1),
        ["disk.used"] = MetricValue.Of(7),
        ["text"] = MetricValue.Of("ACTIVE"),
        ["min"] = MetricValue.Of(-3),
    };

    [Theory]
    [InlineData("(a + b) / 2", 5)]
    [InlineData("a + b / 2", 8)]
    [InlineData("a - b - 1", 1)]
    [InlineData("a * b % 5", 4)]
    [InlineData("-a + -(-b)", -2)]
    [InlineData("--a", 6)]
    [InlineData("2e1 + .5", 20.5)]
    [InlineData("0.1 + 0.2", 0.3)]
    [InlineData("min(a, b, 9)", 4)]
    [InlineData("max(a, b) + min", 3)]
    [InlineData("abs(b - a)", 2)]
    [InlineData("round(2.5)", 3)]
    [InlineData("round(-2.5)", -3)]
    [InlineData("round(1 / 3, 2)", 0.33)]
    [InlineData("sqrt(b)", 2)]
    [InlineData("if(on, a, b)", 6)]
    [InlineData("if(a < b, 1, if(0, 2, 3))", 3)]
    [InlineData("\"cpu-percent\" / 10", 5)]
    [InlineData("\"say \\\"hi\\\" \\\\\" + 1", 2)]
    [InlineData("disk.used", 7)]
    [InlineData("on + on", 2)]
    [InlineData("if(false, 1 / 0, 1)", 1)]
    public void Numbers_are_computed(string text, double expected) => Assert.Equal(MetricValue.Of(expected), Evaluated(text));

    [Theory]
    [InlineData("a > b", true)]
    [InlineData("a <= b", false)]
    [InlineData("a - 2 == b", true)]
    [InlineData("a != 6", false)]
    [InlineData("on", true)]
    [InlineData("if(on, a >= 6, 3)", true)]
    [InlineData("true", true)]
    public void A_comparison_is_a_boolean(string text, bool expected) => Assert.Equal(MetricValue.Of(expected), Evaluated(text));

    [Theory]
    [InlineData("a + missing")]
    [InlineData("if(missing, 1, 2)")]
    [InlineData("max(a, missing)")]
    [InlineData("text + 1")]
    [InlineData("text")]
    [InlineData("a / 0")]
    [InlineData("a / (1 / 0)")]
    [InlineData("a % 0")]
    [InlineData("sqrt(-1)")]
    [InlineData("1e308 * 10")]
    [InlineData("round(a, 16)")]
    public void Without_an_operand_or_a_finite_number_there_is_no_value(string text) => Assert.Null(Evaluated(text));

    [Theory]
    [InlineData("", "value is due")]
    [InlineData("a +", "value is due")]
    [InlineData("a b", "goes on")]
    [InlineData("(a", "')'")]
    [InlineData("a)", "goes on")]
    [InlineData("a < b < 3", "compares a comparison")]
    [InlineData("log(a)", "no function")]
    [InlineData("if(a, b)", "too few or too many")]
    [InlineData("abs(a, b)", "too few or too many")]
    [InlineData("max()", "value is due")]
    [InlineData("\"a", "not closed")]
    [InlineData("\"\"", "no metric's name")]
    [InlineData("\"$status\"", "no metric's name")]
    [InlineData("1e999", "no number")]
    [InlineData("1.2.3", "goes on")]
    [InlineData("a = b", "goes on")]
    [InlineData("temp°", "goes on")]
    public void What_is_no_expression_is_told_with_its_place_and_the_mend(string text, string problem)
    {
        Assert.False(Expression.TryParse(text, out _, out var fault));
        Assert.Contains(problem, fault.Problem, StringComparison.Ordinal);
        Assert.Contains("(character ", fault.Problem, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Mend);
    }

    [Fact]
    public void Its_length_depth_and_parts_are_bounded()
    {
        Assert.False(Expression.TryParse(new string('a', 1_025), out _, out _));
        Assert.False(Expression.TryParse(new string('(', 33) + "a" + new string(')', 33), out _, out _));
        Assert.False(Expression.TryParse(new string('-', 33) + "a", out _, out _));
        Assert.False(Expression.TryParse(string.Join('+', Enumerable.Repeat("a", 101)), out _, out _));
        Assert.True(Expression.TryParse(new string('(', 32) + "a" + new string(')', 32), out _, out _));
        Assert.True(Expression.TryParse(string.Join('+', Enumerable.Repeat("a", 100)), out _, out _));
    }

    [Fact]
    public void It_knows_the_metrics_that_it_is_computed_from() =>
        Assert.Equal(["a", "b", "cpu-percent"], Expression.Parse("if(a > 1, -b, round(a + \"cpu-percent\"))").Metrics.Select(metric => metric.Value));

    [Fact]
    public void Any_expression_reads_back_from_its_text() =>
        Prop.ForAll(Any(4).ToArbitrary(), expression => Assert.Equal(expression, Expression.Parse(expression.ToString()))).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_an_expression_or_a_fault_and_never_an_exception() =>
        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            if (Expression.TryParse(text, out var expression, out var fault))
                Assert.Equal(expression, Expression.Parse(expression.ToString()));
            else
                Assert.NotEmpty(fault.Problem);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_expression_over_any_numbers_gives_a_finite_value_or_none() =>
        Prop.ForAll(Any(4).ToArbitrary(), ArbMap.Default.ArbFor<double>(), (expression, number) =>
        {
            var value = expression.Evaluate(_ => double.IsFinite(number) ? MetricValue.Of(number) : null);
            Assert.True(value is null || double.IsFinite(value.Value.Number));
        }).QuickCheckThrowOnFailure();

    private static MetricValue? Evaluated(string text) =>
        Expression.Parse(text).Evaluate(name => Values.TryGetValue(name.Value, out var value) ? value : null);

    private static Gen<Expression> Any(int depth) => depth == 0 ? Leaf : Gen.Frequency(
        (2, Leaf),
        (1, Any(depth - 1).Select(operand => (Expression)new Expression.Negation(operand))),
        (3, from operation in Gen.Elements(Enum.GetValues<ExpressionOperator>())
            from left in Any(depth - 1)
            from right in Any(depth - 1)
            select (Expression)new Expression.Operation(operation, left, right)),
        (2, from function in Gen.Elements(Enum.GetValues<ExpressionFunction>())
            from arguments in Any(depth - 1).ArrayOf(function switch { ExpressionFunction.If => 3, ExpressionFunction.Round or ExpressionFunction.Min => 2, _ => 1 })
            select (Expression)new Expression.Call(function, [.. arguments])));

    private static Gen<Expression> Leaf => Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(number => (Expression)new Expression.Number(Math.Abs(number))),
        Gen.Elements(true, false).Select(flag => (Expression)new Expression.Boolean(flag)),
        Gen.Elements("a", "cpu-percent", "true", "if", "min", "temp °C", "q\"\\", "x.y", "_1", "1a").Select(name => (Expression)new Expression.Metric(MetricName.Parse(name))));

    private static Gen<string> Texts => Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
        Gen.Elements("a", "b", "(", ")", ",", "+", "-", "*", "/", "%", "<", "<=", "==", "!", "\"", "\\", "1", ".", "e", "if(", "max(", "true", " ").ArrayOf().Select(string.Concat));
}
