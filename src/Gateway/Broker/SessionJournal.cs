using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain;
using OrleansIot.Gateway.Connections;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// Writes what becomes of stored sessions and retained messages: one loop, one group commit at a time, in which everything goes that
/// came meanwhile, in its order. What somebody waits for fails with its commit; the rest is written until it is stored. While the
/// store does not take it, nothing new is begun (<see cref="CanTake"/>), so what waits here stays bounded.
/// </summary>
/// <param name="store">Null in a host that has none: then sessions and retained messages end with the process.</param>
internal sealed class SessionJournal(
    IOptions<MqttGatewayOptions> options, TimeProvider time, GatewayMetrics metrics, ILogger<SessionJournal> logger, ISessionStore? store = null) : IDisposable
{
    // A commit of this size takes some ten milliseconds; larger ones gain nothing and make their waiters wait.
    private const int BatchEntries = 2_000;
    private const int BatchBytes = 4 * 1024 * 1024;

    // A change beside its message: ids, list, record.
    private const int ChangeBytes = 192;

    // A busy file is free again at once; a full disk is looked at every other second.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // What is noted when the host stops fits a few commits, or the store does not take them.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly WakeUp _wakeUp = new();
    private readonly Queue<Entry> _pending = new();
    private readonly List<Entry> _batch = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private long _pendingBytes;
    private long _noted;
    private long _settled;
    private long _lastNumber;
    private volatile bool _isFailing;
    private volatile bool _isLast;
    private CancellationToken _stopped;

    public bool IsOn { get; } = store is not null;

    /// <summary>The last commit failed, and none has succeeded since.</summary>
    public bool IsFailing => _isFailing;

    /// <summary>Whether something new may be begun that has to be stored.</summary>
    public bool CanTake => IsOn && !_isFailing && Volatile.Read(ref _pendingBytes) < options.Value.SessionJournalBytes;

    /// <summary>Reads what is stored, and begins to write.</summary>
    public async ValueTask<StoredMessaging> Start(CancellationToken cancellation)
    {
        if (store is null)
            return new StoredMessaging([], [], 0);

        var stored = await store.Load(cancellation);
        _lastNumber = stored.LastNumber;
        _stopped = _stopping.Token; // stays good when its source is disposed of
        _running = Task.Run(Run, CancellationToken.None);
        return stored;
    }

    /// <summary>Writes what was noted, as far as there is time.</summary>
    public async Task Stop(CancellationToken cancellation)
    {
        _isLast = true;
        _wakeUp.Raise();
        try
        {
            await _running.WaitAsync(StopLimit, time, cancellation);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            logger.JournalCutShort(Volatile.Read(ref _noted) - Volatile.Read(ref _settled));
        }

        await _stopping.CancelAsync();
    }

    public long NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Notes a change that will be stored, now or when the store is back. <paramref name="then"/> is told once it is.</summary>
    public void Note(SessionChange? change, ICommitted? then = null) => Add(new Entry(change, null, then, MustBeStored: true));

    /// <summary>Notes changes that are stored together or not at all; <paramref name="then"/> is told which. Ask <see cref="CanTake"/> before.</summary>
    public void Write(SessionChange? change, SessionChange? another = null, ICommitted? then = null) =>
        Add(new Entry(change, another, then, MustBeStored: false));

    /// <summary>True when all that was noted so far is stored, false when the store does not take it.</summary>
    public Task<bool> Flush()
    {
        if (!IsOn)
            return Task.FromResult(true);
        if (_isFailing)
            return Task.FromResult(false);

        lock (_lock)
        {
            if (_noted == _settled)
                return Task.FromResult(true);
        }

        var waiting = new Flushing();
        Write(null, then: waiting);
        return waiting.Task;
    }

    /// <summary>A message as it is stored.</summary>
    public StoredMessage Stored(BrokeredMessage message)
    {
        var body = message.Body;
        Instant? expiresAt = message.SecondsLeft(time) is { } seconds ? Instant.From(time.GetUtcNow()) + TimeSpan.FromSeconds(seconds) : null;
        return new StoredMessage(body.TopicMemory, body.PropertiesMemory, body.PayloadMemory, (byte)message.QoS, message.Retain, expiresAt);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Add(in Entry entry)
    {
        if (!IsOn)
        {
            entry.Then?.Committed(true);
            return;
        }

        lock (_lock)
        {
            _pending.Enqueue(entry);
            Volatile.Write(ref _pendingBytes, _pendingBytes + entry.Size);
            _noted++;
        }

        _wakeUp.Raise();
    }

    private async Task Run()
    {
        while (true)
        {
            // Read before the queue is looked at: what was noted before Stop is still written.
            var isLast = _isLast;
            while (Fill())
                await Commit();
            if (isLast)
                return;

            await _wakeUp.Wait();
        }
    }

    private async Task Commit()
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                SessionChange[] changes = [.. _batch.SelectMany(entry => entry.Changes)];
                if (changes.Length > 0)
                    await store!.Append(changes, _stopped);
                if (_isFailing)
                    logger.JournalWorksAgain();
                _isFailing = false;
                Settle(_ => true, isStored: true);
                return;
            }
            catch (OperationCanceledException) when (_stopped.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                if (!_isFailing)
                    logger.JournalFailing(fault);
                _isFailing = true;
                metrics.JournalFailed();
            }

            do
            {
                Settle(entry => !entry.MustBeStored, isStored: false);
            }
            while (_batch.Count < BatchEntries && Fill());

            try
            {
                await Task.Delay(pause, time, _stopped);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // Nothing is left that would show whether the store is back: the next that comes finds out.
            if (_batch.Count == 0)
            {
                _isFailing = false;
                return;
            }
        }
    }

    /// <summary>Adds what is noted to the batch, as far as it fits; false where there was nothing.</summary>
    private bool Fill()
    {
        lock (_lock)
        {
            var before = _batch.Count;
            var bytes = 0L;
            while (_batch.Count < BatchEntries && bytes < BatchBytes && _pending.TryDequeue(out var entry))
            {
                bytes += entry.Size;
                _batch.Add(entry);
            }

            return _batch.Count > before;
        }
    }

    /// <summary>These entries are done with.</summary>
    private void Settle(Predicate<Entry> which, bool isStored)
    {
        var settled = _batch.FindAll(which);
        _batch.RemoveAll(which);
        lock (_lock)
        {
            _settled += settled.Count;
            Volatile.Write(ref _pendingBytes, _pendingBytes - settled.Sum(entry => (long)entry.Size));
        }

        foreach (var entry in settled)
        {
            try
            {
                entry.Then?.Committed(isStored);
            }
            catch (Exception fault)
            {
                // One waiter's fault is not the others'.
                logger.JournalWaiterFaulted(fault);
            }
        }
    }

    private readonly record struct Entry(SessionChange? Change, SessionChange? Another, ICommitted? Then, bool MustBeStored)
    {
        public int Size => ChangeBytes + (Change switch
        {
            SessionChange.Owed owed => SizeOf(owed.Message) + (owed.Deliveries.Count * ChangeBytes),
            SessionChange.Retained retained => SizeOf(retained.Message),
            _ => 0,
        });

        public IEnumerable<SessionChange> Changes
        {
            get
            {
                if (Change is not null)
                    yield return Change;
                if (Another is not null)
                    yield return Another;
            }
        }

        private static int SizeOf(StoredMessage message) => message.Topic.Length + message.Properties.Length + message.Payload.Length;
    }

    private sealed class Flushing : ICommitted
    {
        private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> Task => _done.Task;

        public void Committed(bool isStored) => _done.TrySetResult(isStored);
    }
}
