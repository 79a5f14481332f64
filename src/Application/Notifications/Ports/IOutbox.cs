using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;

namespace OrleansIot.Application.Notifications.Ports;

/// <summary>Messages that were decided on, until they are delivered. Filled by <see cref="Twins.Ports.ITwinJournal.Append"/>.</summary>
public interface IOutbox
{
    /// <summary>Pending ones due by <paramref name="now"/>, oldest first.</summary>
    ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation);

    /// <summary>When the next pending one is due; null when none is pending.</summary>
    ValueTask<Instant?> NextDue(CancellationToken cancellation);

    /// <summary>Records what became of an attempt.</summary>
    ValueTask Record(string messageId, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation);

    /// <summary>What was told of an alert, oldest first.</summary>
    ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation);

    /// <summary>The newest deliveries of all alerts.</summary>
    ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation);

    /// <summary>Completes when messages were added after this call. One waiter at a time.</summary>
    Task Added(CancellationToken cancellation);
}
