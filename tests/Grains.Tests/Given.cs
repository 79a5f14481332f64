using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Grains.Tests;

internal static class Given
{
    public static Rule RuleAbove(string id, string metric, double threshold, int forSeconds = 0, string deviceType = Rule.AllTypes) => new(
        RuleId.Parse(id),
        id,
        null,
        deviceType,
        [],
        new RuleCondition(MetricName.Parse(metric), ComparisonOperator.Above, MetricValue.Of(threshold), TimeSpan.FromSeconds(forSeconds)),
        null,
        Severity.Warning,
        Active: true,
        TimeSpan.Zero,
        new RuleActions(["slack"], [], AlertTransitions.Triggered),
        Version: 1);
}
