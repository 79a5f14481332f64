using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Gateway.Connections;
using OrleansIot.Gateway.Peers;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// The sessions that outlive their connection, by client id, and what is due of them: their wills and their ends. Connections of one
/// id come one after another (<see cref="ConnectedClients"/>); only what is due comes between.
/// </summary>
internal sealed class SessionRegistry(
    IOptions<MqttGatewayOptions> options, SessionJournal journal, MessageBroker broker, TelemetryIngest telemetry, SessionParts parts, GatewayMetrics metrics,
    TimeProvider time, ILogger<SessionRegistry> logger) : IDisposable
{
    /// <summary>3.1.2.11.2: a session of this expiry never ends by itself.</summary>
    public const uint NeverExpires = uint.MaxValue;

    // A timer of .NET counts 49 days; and a clock that was set is noticed within a day.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, ClientSession> _kept = new(StringComparer.Ordinal);
    private readonly SortedSet<SessionDue> _due = [];
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private DateTimeOffset _timerAt = DateTimeOffset.MaxValue;
    private long _lastOrder;
    private int _count;
    private bool _saidFull;

    /// <summary>How long a session lasts for which the client asks for this.</summary>
    public uint Granted(uint seconds) => Math.Min(seconds, Seconds(options.Value.MaxSessionExpiry));

    /// <summary>What a client of 3.1.1 gets that wants its session kept.</summary>
    public uint Default => Granted(Seconds(options.Value.SessionExpiry));

    /// <summary>Whether a session can be begun or gone on with: false while one that would have to be stored cannot.</summary>
    public async ValueTask<bool> IsReady(string clientId, uint expirySeconds)
    {
        if (!journal.IsOn)
            return true;
        if (expirySeconds > 0 && !journal.CanTake)
            return false;

        // What was noted for the earlier connection is stored before the next one acts on it.
        if (!_kept.ContainsKey(clientId))
            return true;

        try
        {
            return await journal.Flush().WaitAsync(options.Value.ConnectTimeout, time);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The session of a client that connects ([MQTT-3.1.2-4], [MQTT-3.1.2-5]; 3.1.1: 3.1.2.4).</summary>
    public ClientSession Open(string clientId, bool cleanStart, uint expirySeconds, PeerStamp at, out bool isPresent)
    {
        ClientSession? session = null;
        ClientSession? ended = null;
        if (_kept.ContainsKey(clientId))
        {
            lock (_lock)
            {
                if (_kept.TryGetValue(clientId, out session))
                {
                    if (cleanStart || IsOver(session))
                        ended = Remove(session);
                    else
                        Resume(session);
                }
            }
        }

        if (ended is not null)
            TearDown(ended);

        isPresent = session is not null && ended is null;
        if (!isPresent)
            session = new ClientSession(clientId, parts);

        session!.ConnectedAt = at;
        session.ExpirySeconds = expirySeconds;
        if (isPresent || (expirySeconds > 0 && TryKeep(session)))
            Note(session);
        return session;
    }

    /// <summary>The client gave its session another expiry (3.14.2.2.2 has been looked at).</summary>
    public void SetExpiry(ClientSession session, uint seconds)
    {
        if (seconds == 0 || _kept.ContainsKey(session.ClientId))
            session.ExpirySeconds = seconds;
    }

    /// <summary>Whether it goes on when its connection ends.</summary>
    public bool IsKept(ClientSession session) => session.ExpirySeconds > 0 && _kept.TryGetValue(session.ClientId, out var kept) && kept == session;

    /// <summary>The connection has ended, and the session waits for another. False where it has ended meanwhile.</summary>
    /// <param name="will">What is to be published if none comes (3.1.3.2.2).</param>
    public bool TryWait(ClientSession session, WillMessage? will)
    {
        lock (_lock)
        {
            if (!IsKept(session))
                return false;

            var now = time.GetUtcNow();
            session.EndedAt = now;
            if (will is not null)
                session.Will = new PendingWill(will, now + TimeSpan.FromSeconds(Math.Min(will.DelaySeconds, session.ExpirySeconds)));
            Schedule(session);
        }

        Note(session);
        if (session.IsDurable && session.Will is { } pending)
            journal.Note(new SessionChange.WillDue(session.ClientId, new StoredWill(Stored(pending), Instant.From(pending.At))));
        return true;
    }

    /// <summary>Ends a session: with its connection, or because it is not to go on.</summary>
    public void End(ClientSession session)
    {
        lock (_lock)
        {
            if (_kept.TryGetValue(session.ClientId, out var kept) && kept == session)
                Remove(session);
        }

        TearDown(session);
    }

    /// <summary>The client is connected to another gateway of the cluster, and has its session there now.</summary>
    public void TakenOverElsewhere(string clientId, PeerStamp elsewhere)
    {
        ClientSession? ended;
        lock (_lock)
        {
            if (!_kept.TryGetValue(clientId, out ended) || ended.Deliveries.IsConnected || !elsewhere.IsAfter(ended.ConnectedAt))
                return;
            Remove(ended);
        }

        TearDown(ended);
    }

    /// <summary>Takes up a session of an earlier run.</summary>
    public void Restore(StoredSession stored)
    {
        // What ended with the process was not said goodbye to: it counts from now.
        var session = new ClientSession(stored.ClientId, parts)
        {
            ExpirySeconds = stored.ExpirySeconds,
            IsDurable = true,
            EndedAt = stored.EndedAt?.ToDateTimeOffset() ?? time.GetUtcNow(),
            Will = stored.Will is { } will ? new PendingWill(StoredMessages.Will(will), will.At.ToDateTimeOffset()) : null,
        };
        foreach (var subscription in stored.Subscriptions)
        {
            if (StoredMessages.Subscription(session, subscription) is not { } restored)
                continue;

            var interest = 0L;
            broker.Subscribe(ref restored, ref interest);
            session.Add(restored);
        }

        foreach (var owed in stored.Owed)
            session.Deliveries.Restore(StoredMessages.Owed(session, owed, time), owed.PacketId, owed.IsReleased);
        foreach (var packetId in stored.Received)
            session.UseInbound().Restore(packetId);

        lock (_lock)
        {
            _kept[stored.ClientId] = session;
            _count++;
            metrics.Sessions(1);
            Schedule(session);
        }
    }

    /// <summary>Does what is due by now: of the timer, and once all that is stored was taken up.</summary>
    public void OnDue()
    {
        List<(ClientSession Session, WillMessage? Will)> due = [];
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_due.Count > 0 && _due.Min is var first && first.At <= now)
            {
                var session = first.Session;
                if (IsOver(session))
                {
                    Remove(session);
                    due.Add((session, null));
                }
                else
                {
                    due.Add((session, session.Will?.Will));
                    session.Will = null;
                    if (session.IsDurable)
                        journal.Note(new SessionChange.WillDue(session.ClientId, null));
                    Schedule(session);
                }
            }

            _timerAt = DateTimeOffset.MaxValue;
            StartTimer();
        }

        foreach (var (session, will) in due)
        {
            if (will is null)
                TearDown(session);
            else
                Publish(will, session);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private static uint Seconds(TimeSpan span) => span == Timeout.InfiniteTimeSpan ? NeverExpires : (uint)Math.Min(span.TotalSeconds, NeverExpires - 1d);

    private bool TryKeep(ClientSession session)
    {
        lock (_lock)
        {
            if (_count < options.Value.MaxSessions)
            {
                _kept[session.ClientId] = session;
                _count++;
                metrics.Sessions(1);
                session.IsDurable = journal.IsOn;
                return true;
            }
        }

        // The client is let in all the same: in 5.0 it is told that the session will not last.
        session.ExpirySeconds = 0;
        if (!_saidFull)
            logger.SessionsFull(options.Value.MaxSessions);
        _saidFull = true;
        metrics.SessionRefused();
        return false;
    }

    private ClientSession Remove(ClientSession session)
    {
        Unschedule(session);
        _kept.TryRemove(session.ClientId, out _);
        _count--;
        metrics.Sessions(-1);
        return session;
    }

    private bool IsOver(ClientSession session) =>
        session.EndedAt is { } at && session.ExpirySeconds != NeverExpires && at + TimeSpan.FromSeconds(session.ExpirySeconds) <= time.GetUtcNow();

    private void Resume(ClientSession session)
    {
        // [MQTT-3.1.3-9]: whoever is back in time has no will published.
        Unschedule(session);
        session.EndedAt = null;
        if (session.Will is not null && session.IsDurable)
            journal.Note(new SessionChange.WillDue(session.ClientId, null));
        session.Will = null;
    }

    private void Note(ClientSession session)
    {
        if (!session.IsDurable)
            return;

        Instant? endedAt = session.EndedAt is { } at ? Instant.From(at) : null;
        journal.Note(new SessionChange.Kept(session.ClientId, session.ExpirySeconds, endedAt));
    }

    private void TearDown(ClientSession session)
    {
        foreach (var subscription in session.Subscriptions.Values)
            broker.Unsubscribe(subscription);
        MessageBroker.PassOn(session.Deliveries.Close(), journal);
        if (session.IsDurable)
            journal.Note(new SessionChange.Ended(session.ClientId));

        // [MQTT-3.1.2-8]: the delay is over when the session ends.
        if (session.Will is { } pending)
            Publish(pending.Will, session);
    }

    private async void Publish(WillMessage will, ClientSession session)
    {
        try
        {
            await telemetry.PublishWill(will, session, Arrival.Now(time));
        }
        catch (Exception fault)
        {
            // Nobody waits for it.
            logger.WillFaulted(fault, session.ClientId);
        }
    }

    private void Schedule(ClientSession session)
    {
        Unschedule(session);
        DateTimeOffset? end = session.ExpirySeconds == NeverExpires ? null : session.EndedAt!.Value + TimeSpan.FromSeconds(session.ExpirySeconds);
        if ((session.Will is { } will && (end is null || will.At < end) ? will.At : end) is not { } at)
            return;

        var due = new SessionDue(at, ++_lastOrder, session);
        session.Due = due;
        _due.Add(due);
        if (at < _timerAt)
            StartTimer();
    }

    private void Unschedule(ClientSession session)
    {
        if (session.Due is { } due)
            _due.Remove(due);
        session.Due = null;
    }

    private void StartTimer()
    {
        _timerAt = _due.Count == 0 ? DateTimeOffset.MaxValue : _due.Min.At;
        if (_due.Count == 0)
            return;

        var wait = _timerAt - time.GetUtcNow();
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
        _timer ??= time.CreateTimer(static registry => ((SessionRegistry)registry!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private static StoredMessage Stored(PendingWill pending)
    {
        var (will, at) = pending;
        Instant? expiresAt = will.Body.MessageExpiryInterval is { } seconds ? Instant.From(at) + TimeSpan.FromSeconds(seconds) : null;
        return new StoredMessage(will.Body.TopicMemory, will.Body.PropertiesMemory, will.Body.PayloadMemory, (byte)will.QoS, will.Retain, expiresAt);
    }
}
