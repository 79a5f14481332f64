using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;

namespace OrleansIot.Application.Tests.Twins;

internal static class AlertMessagesFixture
{
    /// <summary>Messages for webhooks are composed; nothing here delivers them.</summary>
    public static AlertMessages WebhooksAlone { get; } = new([new Webhooks()]);

    private sealed class Webhooks : INotificationChannel
    {
        public string Name => AlertMessages.WebhookChannel;

        public bool IsConfigured => true;

        public ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation) =>
            throw new InvalidOperationException("Composing delivers nothing.");
    }
}
