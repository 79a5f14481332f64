using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;

namespace OrleansIot.Application.Notifications.Ports;

/// <summary>Messages that were decided on, until they are delivered. Filled by <see cref="Twins.Ports.ITwinJournal.Append"/>.</summary>
public interface IOutbox
{
    /// <summary>
    /// Pending ones due by <paramref name="now"/>, oldest first. Where several processes share the store, one of them at a time
    /// is given any; when it falls out, another takes its place within some seconds.
    /// </summary>
    ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation);

    /// <summary>When the next pending one is due; null when none is pending.</summary>
    ValueTask<Instant?> NextDue(CancellationToken cancellation);

    /// <summary>
    /// Takes the message for one attempt: until then no other process is given it, and whoever dies meanwhile leaves it to the
    /// others. False: it is not as it was read, because somebody else has it, or has recorded what became of it.
    /// </summary>
    /// <remarks>A store that belongs to one process has nobody to guard it from.</remarks>
    ValueTask<bool> Claim(Delivery delivery, Instant until, CancellationToken cancellation) => ValueTask.FromResult(true);

    /// <summary>Records what became of an attempt. What is delivered or given up stays so.</summary>
    ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation);

    /// <summary>What was told of an alert, oldest first.</summary>
    ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation);

    /// <summary>The newest deliveries of all alerts.</summary>
    ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation);

    /// <summary>
    /// Completes when messages were added after this call, by another process within about a second. One waiter at a time.
    /// </summary>
    Task Added(CancellationToken cancellation);
}
