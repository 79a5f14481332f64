using OrleansIot.Application.Sessions.Ports;

namespace OrleansIot.TestKit.Storage;

/// <summary>Sessions, what is owed to them and retained messages, with ways to make an append fail or wait.</summary>
public sealed class InMemorySessionStore : ISessionStore
{
    private readonly Lock _lock = new();
    private readonly Queue<Exception> _failures = [];
    private readonly List<SessionChange> _changes = [];
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredMessage> _retained = new(StringComparer.Ordinal);
    private Task _mayCommit = Task.CompletedTask;
    private long _lastNumber;

    /// <summary>Number of appends that were stored.</summary>
    public int Commits { get; private set; }

    /// <summary>Every change that was stored, oldest first.</summary>
    public IReadOnlyList<SessionChange> Changes
    {
        get
        {
            lock (_lock)
                return [.. _changes];
        }
    }

    /// <summary>The next append that has no earlier failure waiting for it stores nothing and throws this.</summary>
    public void FailNext(Exception failure)
    {
        lock (_lock)
            _failures.Enqueue(failure);
    }

    /// <summary>Appends from now on wait for the task before they are stored: a slow disk.</summary>
    public void HoldUntil(Task mayCommit)
    {
        lock (_lock)
            _mayCommit = mayCommit;
    }

    public ValueTask<StoredMessaging> Load(CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(new StoredMessaging([.. _sessions.Select(session => session.Value.ToStored(session.Key))], [.. _retained.Values], _lastNumber));
    }

    public async ValueTask Append(IReadOnlyList<SessionChange> changes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Task mayCommit;
        lock (_lock)
            mayCommit = _mayCommit;

        await mayCommit;
        lock (_lock)
        {
            if (_failures.TryDequeue(out var failure))
                throw failure;

            foreach (var change in changes)
                Apply(change);

            _changes.AddRange(changes);
            Commits++;
        }
    }

    private static string KeyOf(ReadOnlyMemory<byte> topic) => Convert.ToHexString(topic.Span);

    // Whoever appends may use the bytes again once they are stored.
    private static StoredMessage Copy(StoredMessage message) =>
        message with { Topic = message.Topic.ToArray(), Properties = message.Properties.ToArray(), Payload = message.Payload.ToArray() };

    private void Apply(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Kept kept:
                _sessions.TryAdd(kept.ClientId, new Session());
                _sessions[kept.ClientId].Terms = kept;
                break;

            case SessionChange.Ended ended:
                _sessions.Remove(ended.ClientId);
                break;

            case SessionChange.Subscribed subscribed when Find(subscribed.ClientId) is { } session:
                session.Subscriptions[subscribed.Subscription.Filter] = subscribed.Subscription;
                break;

            case SessionChange.Unsubscribed unsubscribed when Find(unsubscribed.ClientId) is { } session:
                session.Subscriptions.Remove(unsubscribed.Filter);
                break;

            case SessionChange.Owed owed:
                var message = Copy(owed.Message);
                foreach (var delivery in owed.Deliveries)
                {
                    _lastNumber = Math.Max(_lastNumber, delivery.Number);
                    if (Find(delivery.ClientId) is { } session)
                        session.Owed[delivery.Number] = new StoredOwed(delivery, message, 0, false);
                }

                break;

            case SessionChange.Sent sent when Find(sent.ClientId) is { } session && session.Owed.TryGetValue(sent.Number, out var owed):
                session.Owed[sent.Number] = owed with { PacketId = sent.PacketId };
                break;

            case SessionChange.Released released when Find(released.ClientId) is { } session && session.Owed.TryGetValue(released.Number, out var owed):
                session.Owed[released.Number] = owed with { IsReleased = true };
                break;

            case SessionChange.Delivered delivered when Find(delivered.ClientId) is { } session:
                session.Owed.Remove(delivered.Number);
                break;

            case SessionChange.Received received when Find(received.ClientId) is { } session:
                session.Received.Add(received.PacketId);
                break;

            case SessionChange.Completed completed when Find(completed.ClientId) is { } session:
                session.Received.Remove(completed.PacketId);
                break;

            case SessionChange.WillDue due when Find(due.ClientId) is { } session:
                session.Will = due.Will is { } will ? will with { Message = Copy(will.Message) } : null;
                break;

            case SessionChange.Retained retained:
                _retained[KeyOf(retained.Message.Topic)] = Copy(retained.Message);
                break;

            case SessionChange.RetainedRemoved removed:
                _retained.Remove(KeyOf(removed.Topic));
                break;
        }
    }

    private Session? Find(string client) => _sessions.GetValueOrDefault(client);

    private sealed class Session
    {
        public SessionChange.Kept Terms { get; set; } = null!;

        public Dictionary<string, StoredSubscription> Subscriptions { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<long, StoredOwed> Owed { get; } = [];

        public SortedSet<ushort> Received { get; } = [];

        public StoredWill? Will { get; set; }

        public StoredSession ToStored(string client) =>
            new(client, Terms.ExpirySeconds, Terms.EndedAt, [.. Subscriptions.Values], [.. Owed.Values], [.. Received], Will);
    }
}
