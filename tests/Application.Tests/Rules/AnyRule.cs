using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Tests.Rules;

/// <summary>Rules of every kind that can be defined.</summary>
internal static class AnyRule
{
    private static readonly Gen<MetricValue> Numbers = Gen.Choose(-1_000_000, 1_000_000).Select(number => MetricValue.Of(number / 8.0));

    private static readonly Gen<TimeSpan> Times = Gen.Choose(0, 1_000_000).Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds));

    private static readonly Gen<(RuleCondition Condition, double? Clear)> Numeric =
        from metric in Gen.Elements("temperature", "cpu-percent", "Größe \"1\"", "a.b/c")
        from comparison in Gen.Elements(ComparisonOperator.Above, ComparisonOperator.AtLeast, ComparisonOperator.Below, ComparisonOperator.AtMost)
        from threshold in Numbers
        from duration in Times
        from distance in Gen.Choose(-1, 40)
        let above = comparison is ComparisonOperator.Above or ComparisonOperator.AtLeast
        select (
            new RuleCondition(MetricName.Parse(metric), comparison, threshold, duration),
            distance < 0 ? (double?)null : threshold.Number + ((above ? -1 : 1) * distance / 4.0));

    private static readonly Gen<(RuleCondition Condition, double? Clear)> Equality =
        from comparison in Gen.Elements(ComparisonOperator.Equal, ComparisonOperator.NotEqual)
        from threshold in Gen.OneOf(Numbers, Gen.Elements(true, false).Select(MetricValue.Of), Gen.Elements("", "on", "ä\n\"x").Select(MetricValue.Of))
        from duration in Times
        select (new RuleCondition(MetricName.Parse("state"), comparison, threshold, duration), (double?)null);

    private static readonly Gen<RuleActions> Actions =
        from channels in Gen.SubListOf("slack", "email", "sms-2")
        from webhooks in Gen.SubListOf("http://localhost:9/x", "https://Example.org", "https://example.org/a%20b?c=d&e")
        from steps in Gen.Choose(0, 7)
        select new RuleActions([.. channels], [.. webhooks.Select(address => new Uri(address))], (AlertTransitions)steps);

    private static readonly Gen<Rule> Rules =
        from condition in Gen.OneOf(Numeric, Equality)
        from devices in Gen.SubListOf("d1", "d:2", "D_3")
        from type in Gen.Elements(Rule.AllTypes, "sensor")
        from description in Gen.Elements(null, "Look at it.")
        from severity in Gen.Elements(Enum.GetValues<Severity>())
        from active in Gen.Elements(true, false)
        from cooldown in Times
        from actions in Actions
        from version in Gen.Choose(0, 99)
        select new Rule(
            RuleId.Parse("any:rule"),
            "Any rule",
            description,
            type,
            [.. devices.Select(DeviceId.Parse)],
            condition.Condition,
            condition.Clear,
            severity,
            active,
            cooldown,
            actions,
            version);

    public static void ForAll(Action<Rule> check) => Prop.ForAll(Rules.ToArbitrary(), check).QuickCheckThrowOnFailure();
}
