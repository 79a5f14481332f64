using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Alerts;

/// <summary>An alert as everything outside sees it: the API, the live stream and webhooks alike.</summary>
/// <param name="AlertId"><c>device~rule~occurrence</c></param>
/// <param name="RuleName">As it was when the rule fired; likewise severity and condition.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="Status"><c>triggered</c>, <c>acknowledged</c> or <c>resolved</c>.</param>
/// <param name="Condition">In words: <c>temperature &gt; 70 for 60 s</c>.</param>
/// <param name="ActualValue">The value that made the rule fire.</param>
/// <param name="ResolvedBy">Who resolved it, where a person did.</param>
/// <param name="Resolution"><c>cleared</c>: the condition no longer held; <c>manual</c>: somebody resolved it; <c>rule-gone</c>: the
/// rule was removed, switched off, or no longer concerns the device.</param>
public sealed record AlertDocument(
    string AlertId,
    string RuleId,
    string RuleName,
    long RuleVersion,
    string DeviceId,
    string Severity,
    string Status,
    string Condition,
    string Metric,
    MetricValue ActualValue,
    Instant TriggeredAt,
    Instant? AcknowledgedAt,
    string? AcknowledgedBy,
    Instant? ResolvedAt,
    string? ResolvedBy,
    string? Resolution)
{
    public static AlertDocument Of(Alert alert) => new(
        alert.Id.ToString(),
        alert.Rule.Value,
        alert.RuleName,
        alert.RuleVersion,
        alert.Device.Value,
        WordOf(alert.Severity),
        WordOf(alert.Status),
        alert.Condition,
        alert.Metric.Value,
        alert.ActualValue,
        alert.TriggeredAt,
        alert.AcknowledgedAt,
        alert.AcknowledgedBy,
        alert.ResolvedAt,
        alert.ResolvedBy,
        WordOf(alert.Resolution));

    public static string WordOf(AlertStatus status) => status switch
    {
        AlertStatus.Triggered => "triggered",
        AlertStatus.Acknowledged => "acknowledged",
        _ => "resolved",
    };

    public static string WordOf(Severity severity) => severity switch
    {
        Domain.Rules.Severity.Critical => "critical",
        Domain.Rules.Severity.Warning => "warning",
        _ => "info",
    };

    private static string? WordOf(AlertResolution? resolution) => resolution switch
    {
        AlertResolution.Cleared => "cleared",
        AlertResolution.Manual => "manual",
        AlertResolution.RuleGone => "rule-gone",
        _ => null,
    };
}
