using OrleansIot.Application.Notifications;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Notifications.Tests.Host;

/// <summary>Messages as the composer makes them.</summary>
internal static class Messages
{
    public static OutboxMessage About(ManualTime time, int occurrence, string channel, string target = "", AlertTransitions step = AlertTransitions.Triggered)
    {
        var now = Instant.From(time.GetUtcNow());
        var alert = new Alert(
            AlertId.Parse($"pump-1~hot~{occurrence}"), "Too <hot>", 3, Severity.Critical, "temperature > 70 for 60 s", MetricName.Parse("temperature"), MetricValue.Of(71.5), now);
        alert = step switch
        {
            AlertTransitions.Acknowledged => alert with { Status = AlertStatus.Acknowledged, AcknowledgedAt = now, AcknowledgedBy = "Ann" },
            AlertTransitions.Resolved => alert with { Status = AlertStatus.Resolved, ResolvedAt = now + TimeSpan.FromSeconds(90), Resolution = AlertResolution.Cleared },
            _ => alert,
        };
        return new OutboxMessage($"{alert.Id}/{step}/{channel}/{target.Length}", channel, target, step, alert, "Pump 1", now);
    }
}
