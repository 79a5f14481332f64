using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using OrleansIot.Application.Alerts;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Notifications;

/// <summary>
/// Who is told of a step in an alert's life. The same step always makes the same messages with the same ids, so deciding it
/// twice tells nobody twice.
/// </summary>
public sealed class AlertMessages(IEnumerable<INotificationChannel> channels)
{
    /// <summary>The channel that serves <c>actions.webhooks</c>.</summary>
    public const string WebhookChannel = "webhook";

    private readonly FrozenSet<string> _configured =
        channels.Where(channel => channel.IsConfigured).Select(channel => channel.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <param name="alert">As it is after the step.</param>
    public ImmutableArray<OutboxMessage> Compose(Rule rule, Alert alert, string? deviceName, Instant at)
    {
        var step = StepOf(alert);
        if (!rule.Actions.On.HasFlag(step))
            return [];

        var named = rule.Actions.Notifications.Where(channel => channel != WebhookChannel).Select(channel => (Channel: channel, Target: ""));
        var called = rule.Actions.Webhooks.Select(address => (Channel: WebhookChannel, Target: address.OriginalString));
        return
        [
            .. named.Concat(called)
                .Distinct()
                .Where(recipient => _configured.Contains(recipient.Channel))
                .Select(recipient => new OutboxMessage(
                    IdOf(alert, recipient.Channel, recipient.Target), recipient.Channel, recipient.Target, step, alert, deviceName, at)),
        ];
    }

    private static AlertTransitions StepOf(Alert alert) => alert.Status switch
    {
        AlertStatus.Triggered => AlertTransitions.Triggered,
        AlertStatus.Acknowledged => AlertTransitions.Acknowledged,
        _ => AlertTransitions.Resolved,
    };

    // The target is hashed: an address may be long, and may carry a token that has no place in an id.
    private static string IdOf(Alert alert, string channel, string target)
    {
        var id = $"{alert.Id}/{AlertDocument.WordOf(alert.Status)}/{channel}";
        return target.Length == 0 ? id : $"{id}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target)).AsSpan(0, 8))}";
    }
}
