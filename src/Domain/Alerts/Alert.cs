using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Alerts;

/// <summary>One occurrence of a rule firing on a device.</summary>
/// <param name="RuleName">As it was when the rule fired; likewise severity and condition.</param>
/// <param name="Condition">In words: <c>temperature &gt; 70 for 60 s</c>.</param>
/// <param name="ActualValue">The value that made it fire.</param>
public sealed record Alert(
    AlertId Id,
    string RuleName,
    long RuleVersion,
    Severity Severity,
    string Condition,
    MetricName Metric,
    MetricValue ActualValue,
    Instant TriggeredAt)
{
    public DeviceId Device => Id.Device;

    public RuleId Rule => Id.Rule;

    public AlertStatus Status { get; init; }

    public Instant? AcknowledgedAt { get; init; }

    public string? AcknowledgedBy { get; init; }

    public Instant? ResolvedAt { get; init; }

    public string? ResolvedBy { get; init; }

    public AlertResolution? Resolution { get; init; }

    public bool IsOpen => Status != AlertStatus.Resolved;
}
