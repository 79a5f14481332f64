using System.Collections.Immutable;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Hosting.Demo;

/// <summary>What one would watch on a fleet like the simulated one.</summary>
internal static class DemoRules
{
    public static readonly ImmutableArray<Rule> All =
    [
        Above("demo-boiler-hot", "Boiler too hot", "boiler", "temperature", 85, 80, 10, Severity.Critical),
        Above("demo-pump-vibration", "Pump bearing failing", "pump", "vibration", 7.1, 6, 10, Severity.Warning),
        Above("demo-meter-voltage", "Voltage out of tolerance", "meter", "voltage", 253, 250, 10, Severity.Info),
    ];

    private static Rule Above(string id, string name, string type, string metric, double threshold, double clear, int seconds, Severity severity) => new(
        RuleId.Parse(id),
        name,
        "Watches the simulated fleet.",
        type,
        DeviceIds: [],
        new RuleCondition(MetricName.Parse(metric), ComparisonOperator.Above, MetricValue.Of(threshold), TimeSpan.FromSeconds(seconds)),
        clear,
        severity,
        Active: true,
        Cooldown: TimeSpan.FromSeconds(60),
        RuleActions.None,
        Version: 1);
}
