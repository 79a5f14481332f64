using System.Threading.Channels;
using OrleansIot.Application;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>A store that outlives the gateways of a test; it commits when the test lets it.</summary>
internal sealed class MemorySessionStore : ISessionStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Stored> _sessions = [];
    private readonly Dictionary<string, StoredMessage> _retained = [];
    private readonly Channel<SessionChange[]> _attempts = Channel.CreateUnbounded<SessionChange[]>();
    private TaskCompletionSource _open = Opened();
    private long _lastNumber;

    public bool IsFailing { get; set; }

    /// <summary>What was committed.</summary>
    public List<SessionChange> Committed { get; } = [];

    public IReadOnlyCollection<string> ClientIds
    {
        get
        {
            lock (_lock)
                return [.. _sessions.Keys];
        }
    }

    /// <summary>Lets commits wait.</summary>
    public void Hold() => Volatile.Write(ref _open, new(TaskCreationOptions.RunContinuationsAsynchronously));

    public void Release() => _open.TrySetResult();

    /// <summary>The next commit that is tried and holds such a change, whatever becomes of it.</summary>
    public async Task<TChange> Tried<TChange>()
        where TChange : SessionChange
    {
        while (true)
        {
            var changes = await _attempts.Reader.ReadAsync().AsTask().Within($"a commit of {typeof(TChange).Name}");
            if (changes.OfType<TChange>().FirstOrDefault() is { } change)
                return change;
        }
    }

    public int Owed(string clientId)
    {
        lock (_lock)
            return _sessions.TryGetValue(clientId, out var session) ? session.Owed.Count : 0;
    }

    public ValueTask<StoredMessaging> Load(CancellationToken cancellation)
    {
        lock (_lock)
            return new(new StoredMessaging([.. _sessions.Select(s => s.Value.Read(s.Key))], [.. _retained.Values], _lastNumber));
    }

    public async ValueTask Append(IReadOnlyList<SessionChange> changes, CancellationToken cancellation)
    {
        _attempts.Writer.TryWrite([.. changes]);
        await Volatile.Read(ref _open).Task.WaitAsync(cancellation);
        if (IsFailing)
            throw new StoreException("the disk is full", isTransient: true);

        lock (_lock)
        {
            foreach (var change in changes)
                Apply(change);
            Committed.AddRange(changes);
        }
    }

    private static TaskCompletionSource Opened()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private void Apply(SessionChange change)
    {
        switch (change)
        {
            case SessionChange.Kept kept:
                if (!_sessions.TryGetValue(kept.ClientId, out var session))
                    _sessions[kept.ClientId] = session = new Stored();
                (session.Expiry, session.EndedAt) = (kept.ExpirySeconds, kept.EndedAt);
                break;
            case SessionChange.Ended ended:
                _sessions.Remove(ended.ClientId);
                break;
            case SessionChange.Owed owed:
                foreach (var delivery in owed.Deliveries)
                {
                    _lastNumber = Math.Max(_lastNumber, delivery.Number);
                    Of(delivery.ClientId)?.Owed.Add(delivery.Number, new StoredOwed(delivery, owed.Message, 0, false));
                }

                break;
            case SessionChange.Sent sent:
                Change(sent.ClientId, sent.Number, owed => owed with { PacketId = sent.PacketId });
                break;
            case SessionChange.Released released:
                Change(released.ClientId, released.Number, owed => owed with { IsReleased = true });
                break;
            case SessionChange.Delivered delivered:
                Of(delivered.ClientId)?.Owed.Remove(delivered.Number);
                break;
            case SessionChange.Subscribed subscribed:
                if (Of(subscribed.ClientId) is { } subscriber)
                    subscriber.Subscriptions[subscribed.Subscription.Filter] = subscribed.Subscription;
                break;
            case SessionChange.Unsubscribed unsubscribed:
                Of(unsubscribed.ClientId)?.Subscriptions.Remove(unsubscribed.Filter);
                break;
            case SessionChange.Received received:
                Of(received.ClientId)?.Received.Add(received.PacketId);
                break;
            case SessionChange.Completed completed:
                Of(completed.ClientId)?.Received.Remove(completed.PacketId);
                break;
            case SessionChange.WillDue will:
                if (Of(will.ClientId) is { } dying)
                    dying.Will = will.Will;
                break;
            case SessionChange.Retained retained:
                _retained[Key(retained.Message.Topic)] = retained.Message;
                break;
            case SessionChange.RetainedRemoved removed:
                _retained.Remove(Key(removed.Topic));
                break;
        }
    }

    private static string Key(ReadOnlyMemory<byte> topic) => System.Text.Encoding.UTF8.GetString(topic.Span);

    private Stored? Of(string clientId) => _sessions.GetValueOrDefault(clientId);

    private void Change(string clientId, long number, Func<StoredOwed, StoredOwed> change)
    {
        if (Of(clientId) is { } session && session.Owed.TryGetValue(number, out var owed))
            session.Owed[number] = change(owed);
    }

    private sealed class Stored
    {
        public uint Expiry { get; set; }

        public Domain.Instant? EndedAt { get; set; }

        public Dictionary<string, StoredSubscription> Subscriptions { get; } = [];

        public SortedDictionary<long, StoredOwed> Owed { get; } = [];

        public HashSet<ushort> Received { get; } = [];

        public StoredWill? Will { get; set; }

        public StoredSession Read(string clientId) => new(clientId, Expiry, EndedAt, [.. Subscriptions.Values], [.. Owed.Values], [.. Received], Will);
    }
}
