using System.Collections.Immutable;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Rules;

/// <summary>The rules that a new installation starts with: what nearly every fleet of computers wants to know.</summary>
public static class ShippedRules
{
    private const int CooldownSeconds = 300;

    // A short burst is normal work; a minute of it is not.
    private const int SustainedSeconds = 60;

    public static readonly ImmutableArray<Rule> All =
    [
        Above("cpu-high", "CPU busy", "cpu-percent", 90, 80, SustainedSeconds, Severity.Warning),
        Above("memory-high", "Memory nearly full", "memory-percent", 90, 85, SustainedSeconds, Severity.Warning),

        // Critical, because a full disk stops what runs there, and 10 % can go within minutes.
        Above("disk-full", "Disk nearly full", "disk-root-used-percent", 90, 85, 0, Severity.Critical),
        Define(
            "device-offline",
            "Device offline",
            new RuleCondition(MetricName.Status, ComparisonOperator.Equal, MetricValue.Of("offline"), TimeSpan.FromSeconds(SustainedSeconds)),
            null,
            Severity.Critical),
    ];

    private static Rule Above(string id, string name, string metric, double threshold, double clear, int seconds, Severity severity) =>
        Define(
            id,
            name,
            new RuleCondition(MetricName.Parse(metric), ComparisonOperator.Above, MetricValue.Of(threshold), TimeSpan.FromSeconds(seconds)),
            clear,
            severity);

    private static Rule Define(string id, string name, RuleCondition condition, double? clearThreshold, Severity severity) =>
        new(
            RuleId.Parse(id),
            name,
            Description: null,
            Rule.AllTypes,
            DeviceIds: [],
            condition,
            clearThreshold,
            severity,
            Active: true,
            TimeSpan.FromSeconds(CooldownSeconds),
            new RuleActions(["slack"], [], AlertTransitions.Triggered | AlertTransitions.Resolved),
            Version: 1);
}
