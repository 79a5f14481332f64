using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Tests.Twins;

internal static class Given
{
    public static Rule RuleAbove(string id, string metric, double threshold, int forSeconds = 0, int cooldownSeconds = 0, double? clear = null, Severity severity = Severity.Warning) => new(
        RuleId.Parse(id),
        id,
        null,
        Rule.AllTypes,
        [],
        new RuleCondition(MetricName.Parse(metric), ComparisonOperator.Above, MetricValue.Of(threshold), TimeSpan.FromSeconds(forSeconds)),
        clear,
        severity,
        Active: true,
        TimeSpan.FromSeconds(cooldownSeconds),
        RuleActions.None,
        Version: 1);

    public static Rule RuleOffline(int forSeconds) => RuleAbove("offline", "unused", 0) with
    {
        Condition = new RuleCondition(MetricName.Status, ComparisonOperator.Equal, MetricValue.Of("offline"), TimeSpan.FromSeconds(forSeconds)),
    };
}
