namespace OrleansIot.Application.Sessions.Ports;

/// <summary>
/// What the message broker must not forget when its process ends: sessions that outlive their connection, what is owed to them, and
/// retained messages. One process writes it; it is read once, at start.
/// </summary>
public interface ISessionStore
{
    /// <summary>All of it: sessions with what is owed to them in the order of <see cref="StoredDelivery.Number"/>, and retained messages.</summary>
    ValueTask<StoredMessaging> Load(CancellationToken cancellation);

    /// <summary>
    /// Applies the changes in their order, all or none; they are durable when it completes. A change to a session or a delivery that
    /// is not there changes nothing.
    /// </summary>
    /// <exception cref="StoreException">
    /// None of it was stored; or all, where the store is behind a network that lost its answer. To append the same again, before
    /// anything else, is right in both cases.
    /// </exception>
    ValueTask Append(IReadOnlyList<SessionChange> changes, CancellationToken cancellation);
}
