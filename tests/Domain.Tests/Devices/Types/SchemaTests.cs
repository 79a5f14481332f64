using System.Collections.Immutable;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Tests.Twins;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Devices.Types;

/// <summary>What a device type makes of the boiler's readings.</summary>
public sealed class SchemaTests
{
    private static readonly MetricSchema Temperature = new(MetricName.Parse("temperature"), MetricKind.Number, "C", Min: -40, Max: 120);
    private static readonly MetricSchema Pump = new(MetricName.Parse("pump"), MetricKind.Boolean);

    private static readonly DeviceType Flagging = new(
        DeviceTypeId.Parse("boiler"), "Boiler", null, [Temperature, Pump], [], BreachPolicy.Flag, Strict: false, Version: 1);

    private static readonly DeviceType Refusing = Flagging with { OnBreach = BreachPolicy.Refuse };

    [Fact]
    public void A_reading_that_keeps_to_its_type_is_taken_as_it_is() =>
        new Story().OfType(Refusing).When(Reports(0, [Metric("temperature", 70), Metric("pump", true), Metric("other", "x")]))
            .Then(Online(0), Recorded(0, [Metric("temperature", 70), Metric("pump", true), Metric("other", "x")]));

    [Fact]
    public void What_the_device_sends_is_kept_in_the_unit_of_the_type_and_rules_see_that()
    {
        var inFahrenheit = With(Temperature with { Transform = UnitTransform.Between("F", "C") });

        new Story(Hot).OfType(inFahrenheit).When(Reports(0, 95)).Then(Online(0), Recorded(0, [Metric("temperature", 35)]))
            .When(Reports(1, 212)).Then(Recorded(1, [Metric("temperature", 100)]), Triggered(Hot, 100, at: 1, version: 4));
    }

    [Fact]
    public void The_range_is_that_of_the_value_as_it_is_kept() =>
        new Story().OfType(With(Temperature with { Transform = UnitTransform.Between("F", "C") }) with { OnBreach = BreachPolicy.Refuse })
            .When(Reports(0, 248)).Then(Online(0), Recorded(0, [Metric("temperature", 120)]))
            .When(Reports(1, 249)).ThenRejectedBy("reading.out-of-range");

    [Theory]
    [InlineData("temperature", 121, "reading.out-of-range")]
    [InlineData("temperature", -41, "reading.out-of-range")]
    [InlineData("temperature", "warm", "reading.wrong-kind")]
    [InlineData("temperature", true, "reading.wrong-kind")]
    [InlineData("pump", 1, "reading.wrong-kind")]
    public void A_breach_is_refused_with_its_code_and_changes_nothing(string metric, object value, string code)
    {
        var story = new Story().OfType(Refusing).When(Reports(0, value, metric));

        Assert.Contains($"'{metric}'", story.ThenRejectedBy(code), StringComparison.Ordinal);
        Assert.False(story.Twin.Exists);
    }

    [Theory]
    [InlineData("temperature", 121, Breach.OutOfRange)]
    [InlineData("temperature", "warm", Breach.WrongKind)]
    [InlineData("pump", 1, Breach.WrongKind)]
    public void Or_it_is_stored_and_flagged_in_the_event_and_on_the_twin(string metric, object value, Breach breach)
    {
        var flag = new ReadingFlag(MetricName.Parse(metric), breach);
        var story = new Story().OfType(Flagging).When(Reports(0, value, metric)).Then(Online(0), Recorded(0, [Metric(metric, value)], flag));

        Assert.Equal([flag], story.Twin.Flags);
        Assert.Equal(Value(value), story.Twin.Readings.Find(flag.Metric)?.Value);
    }

    [Fact]
    public void A_missing_required_metric_is_refused_or_flagged()
    {
        var pump = With(Temperature, Pump with { Required = true });
        var missing = new ReadingFlag(Pump.Name, Breach.Missing);

        new Story().OfType(pump with { OnBreach = BreachPolicy.Refuse }).When(Reports(0, 20)).ThenRejectedBy("reading.missing-metric");
        Assert.Equal([missing], new Story().OfType(pump).When(Reports(0, 20)).Then(Online(0), Recorded(0, [Metric("temperature", 20)], missing)).Twin.Flags);
    }

    [Fact]
    public void A_strict_type_takes_no_metric_that_it_does_not_name()
    {
        new Story().OfType(Refusing with { Strict = true }).When(Reports(0, 1, "other")).ThenRejectedBy("reading.unknown-metric");
        new Story().OfType(Flagging with { Strict = true }).When(Reports(0, 1, "other"))
            .Then(Online(0), Recorded(0, [Metric("other", 1)], new ReadingFlag(MetricName.Parse("other"), Breach.Unknown)));
    }

    [Fact]
    public void The_twin_shows_of_each_metric_what_its_newest_reading_says()
    {
        var high = new ReadingFlag(Temperature.Name, Breach.OutOfRange);
        var story = new Story().OfType(Flagging).When(Reports(0, 121));

        Assert.Equal([high], story.When(Reports(1, true, "pump")).Twin.Flags);
        Assert.Equal([high], story.When(Reports(2, 20, measured: -5)).Twin.Flags);
        Assert.Empty(story.When(Reports(3, 20)).Twin.Flags);
        Assert.Empty(story.When(Reports(4, 121, measured: 2)).Twin.Flags);
    }

    [Fact]
    public void Flags_go_with_the_type_that_made_them()
    {
        var story = new Story().OfType(With(Temperature, Pump with { Required = true })).When(Reports(0, 121));
        Assert.Equal(2, story.Twin.Flags.Length);

        Assert.Empty(story.OfType(null).When(Reports(1, 121)).Twin.Flags);
    }

    // Derived metrics

    [Fact]
    public void A_derived_metric_is_computed_on_arrival_and_rules_see_it()
    {
        var lift = Watch("lift", "lift", Domain.Rules.ComparisonOperator.Above, 5);
        new Story(lift).OfType(Deriving(("lift", "outlet - inlet"))).When(Reports(0, [Metric("inlet", 20), Metric("outlet", 30)]))
            .Then(Online(0), Recorded(0, [Metric("inlet", 20), Metric("outlet", 30), Metric("lift", 10)]), Triggered(lift, 10, at: 0, version: 3));
    }

    [Fact]
    public void Operands_that_the_reading_lacks_are_the_last_ones() =>
        new Story().OfType(Deriving(("lift", "outlet - inlet"))).When(Reports(0, 20, "inlet")).Then(Online(0), Recorded(0, [Metric("inlet", 20)]))
            .When(Reports(5, 30, "outlet")).Then(Recorded(5, [Metric("outlet", 30), Metric("lift", 10)]));

    [Fact]
    public void A_reading_that_has_no_part_in_it_does_not_repeat_it() =>
        new Story().OfType(Deriving(("double", "inlet * 2"))).When(Reports(0, 20, "inlet"))
            .When(Reports(5, 1, "other")).Then(Recorded(5, [Metric("other", 1)]));

    [Fact]
    public void A_late_reading_is_not_computed_with_what_came_after_it() =>
        new Story().OfType(Deriving(("lift", "outlet - inlet"))).When(Reports(10, 20, "inlet"))
            .When(Reports(11, 30, "outlet", measured: 5)).Then(Recorded(11, [Metric("outlet", 30)], measured: 5));

    [Fact]
    public void A_derived_metric_may_stand_on_another_whatever_their_order() =>
        new Story().OfType(Deriving(("c", "b + 1"), ("b", "a + 1"))).When(Reports(0, 1, "a"))
            .Then(Online(0), Recorded(0, [Metric("a", 1), Metric("b", 2), Metric("c", 3)]));

    [Fact]
    public void Without_a_finite_result_there_is_no_value() =>
        new Story().OfType(Deriving(("share", "a / b"))).When(Reports(0, [Metric("a", 1), Metric("b", 0)]))
            .Then(Online(0), Recorded(0, [Metric("a", 1), Metric("b", 0)]));

    [Fact]
    public void A_derived_metric_sees_the_others_in_the_units_of_the_type() =>
        new Story().OfType(Deriving(("double", "temperature * 2")) with { Metrics = [Temperature with { Transform = UnitTransform.Between("F", "C") }] })
            .When(Reports(0, 50)).Then(Online(0), Recorded(0, [Metric("temperature", 10), Metric("double", 20)]));

    [Fact]
    public void What_a_device_sends_under_its_name_is_passed_over_or_refused()
    {
        var type = Deriving(("double", "a * 2"));
        new Story().OfType(type).When(Reports(0, [Metric("a", 1), Metric("double", 7)]))
            .Then(Online(0), Recorded(0, [Metric("a", 1), Metric("double", 2)], new ReadingFlag(MetricName.Parse("double"), Breach.Derived)));
        new Story().OfType(type).When(Reports(0, 7, "double")).ThenRejectedBy("reading.derived-metric");
        new Story().OfType(type with { OnBreach = BreachPolicy.Refuse }).When(Reports(0, [Metric("a", 1), Metric("double", 7)])).ThenRejectedBy("reading.derived-metric");
    }

    [Fact]
    public void A_repeat_is_a_repeat_though_the_type_would_now_refuse_it()
    {
        var story = new Story().When(Reports(0, 500, messageId: "m"));
        story.OfType(Refusing).When(Reports(1, 500, messageId: "m")).ThenNothing();
    }

    // What makes a type

    [Fact]
    public void A_type_without_faults_has_none() => Assert.Empty(DeviceTypeRules.Check(Deriving(("c", "b + 1"), ("b", "a + 1"))));

    [Fact]
    public void A_circle_is_found_however_long()
    {
        Assert.Equal("derived", Assert.Single(DeviceTypeRules.Check(Deriving(("a", "b"), ("b", "c + x"), ("c", "if(y, a, 1)")))).Path);
        Assert.Equal("derived", Assert.Single(DeviceTypeRules.Check(Deriving(("a", "a + 1")))).Path);
    }

    [Fact]
    public void Faults_are_named_by_their_place()
    {
        var mode = new MetricSchema(MetricName.Parse("mode"), MetricKind.Text, Transform: new(null, 2, 0));
        var type = Flagging with
        {
            Metrics = [Temperature with { Min = 5, Max = 4 }, Temperature, Pump with { Min = 0 }, mode],
            Derived = [Derived("pump", "temperature"), Derived("always", "1 + 1")],
        };

        Assert.Equal(
            ["metrics[0].min", "metrics[1].name", "metrics[2].min", "metrics[3].transform", "derived[0].name", "derived[1].expression"],
            DeviceTypeRules.Check(type).Select(fault => fault.Path));
    }

    private static DeviceType With(params ImmutableArray<MetricSchema> metrics) => Flagging with { Metrics = metrics };

    private static DeviceType Deriving(params (string Name, string Expression)[] derived) =>
        Flagging with { Metrics = [], Derived = [.. derived.Select(metric => Derived(metric.Name, metric.Expression))] };

    private static DerivedMetric Derived(string name, string expression) => new(MetricName.Parse(name), expression);

    private static TwinEvent.ReadingRecorded Recorded(double at, Metric[] metrics, params ImmutableArray<ReadingFlag> flags) => Recorded(at, metrics, at, flags);

    private static TwinEvent.ReadingRecorded Recorded(double at, Metric[] metrics, double measured, params ImmutableArray<ReadingFlag> flags) =>
        new(new Reading(At(measured), At(at), [.. metrics]) { Flags = flags }, MessageKey.None);
}
