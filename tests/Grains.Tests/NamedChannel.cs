using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;

namespace OrleansIot.Grains.Tests;

/// <summary>A channel that is configured and never called: tests look into the outbox.</summary>
internal sealed class NamedChannel(string name) : INotificationChannel
{
    public string Name { get; } = name;

    public bool IsConfigured => true;

    public ValueTask<DeliveryResult> Deliver(OutboxMessage message, int attempt, CancellationToken cancellation) => throw new NotSupportedException("Nothing delivers in these tests.");
}
