using Microsoft.Extensions.Logging;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Peers;

/// <summary>
/// The way to one peer: one loop that sends one batch at a time, so that order is kept and everything that comes meanwhile goes
/// together. A batch of unknown fate is sent again under its number, by which the peer knows it.
/// </summary>
internal sealed class PeerLink(
    PeerId peer, IPeerTransport transport, PeerRelay relay, PeerClock clock, long capacity, GatewayMetrics metrics, TimeProvider time, ILogger logger)
    : IDisposable
{
    // Below the size from which .NET's heap treats an array as large; larger batches were no faster over loopback.
    private const int BatchBytes = 60 * 1024;

    // A peer that restarts its network is back at once, one that is put out is told by Leave: in between, a try every other second.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly PeerQueue _queue = new(capacity, metrics);
    private readonly PeerBatchWriter _writer = new(time);
    private readonly WakeUp _wakeUp = new();
    private readonly CancellationTokenSource _leaving = new();
    private readonly List<PeerItem> _items = [];
    private readonly List<PeerItem> _stateItems = [];
    private IEnumerator<PeerItem>? _state;
    private CancellationToken _left;
    private long _session;
    private int _sequence;
    private long? _tells;
    private int _messages;
    private bool _saidFull;
    private bool _isLast;

    // Interest that the peer has not been told of, by filter: true where it was added. Coalesces, and so is bounded by the filters.
    private readonly Lock _changing = new();
    private readonly Dictionary<TopicFilter, bool> _changes = [];
    private long _changesUpTo;
    private long _toldUpTo;
    private bool _isFailing;

    public PeerId Peer => peer;

    /// <summary>What has come from this peer.</summary>
    public PeerInbound Inbound { get; } = new();

    /// <summary>The version of the local interest that the peer is known to know.</summary>
    public long ToldUpTo => Volatile.Read(ref _toldUpTo);

    /// <summary>Whether the last batch did not arrive: nobody should wait for this peer.</summary>
    public bool IsFailing => Volatile.Read(ref _isFailing);

    /// <summary>Completes when the loop has ended.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start()
    {
        _left = _leaving.Token; // stays good when its source is disposed of
        Ended = Task.Run(Run);
    }

    /// <summary>Queues something for the peer, or drops and counts it where there is no room.</summary>
    public void Offer(in PeerItem item)
    {
        if (_queue.TryAdd(item))
        {
            _wakeUp.Raise();
        }
        else if (!Volatile.Read(ref _saidFull))
        {
            Volatile.Write(ref _saidFull, true);
            logger.RelayFull(peer.Name, capacity);
        }
    }

    public void Tell(TopicFilter filter, bool isAdded, long version)
    {
        lock (_changing)
        {
            _changes[filter] = isAdded;
            _changesUpTo = version;
        }

        _wakeUp.Raise();
    }

    /// <summary>Has everything told from the beginning.</summary>
    public void TellAll(IEnumerable<TopicFilter> filters, long version)
    {
        lock (_changing)
        {
            _changes.Clear();
            foreach (var filter in filters)
                _changes[filter] = true;
            _changesUpTo = version;
        }
    }

    /// <summary>Has the loop send what is queued, and end.</summary>
    public void Complete()
    {
        Volatile.Write(ref _isLast, true);
        _wakeUp.Raise();
    }

    /// <summary>Ends the loop, whatever it is at.</summary>
    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
        Complete();
    }

    private async Task Run()
    {
        try
        {
            BeginSession();
            while (true)
            {
                // Read before the queue is looked at: what was offered before Complete still goes.
                var isLast = Volatile.Read(ref _isLast);
                while (TryTake())
                    await Deliver();
                if (isLast)
                    return;

                await _wakeUp.Wait();
            }
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // Whom this was for is gone.
        }
        catch (Exception fault)
        {
            logger.PeerFaulted(fault, peer.Name);
        }
        finally
        {
            _queue.Close();
            _state?.Dispose();
        }
    }

    private void BeginSession()
    {
        // A clock's stamp: later sessions have higher numbers, so that a batch of an earlier one that was held up on its way is known.
        _session = clock.Next().Ticks;
        _sequence = 0;
        relay.TellAll(this);
        _state?.Dispose();
        _state = relay.State().GetEnumerator();
    }

    /// <summary>Takes what goes into the next batch; false when there is nothing.</summary>
    private bool TryTake()
    {
        _left.ThrowIfCancellationRequested();
        var room = BatchBytes;
        for (; _state is not null && room > BatchBytes / 2; room -= _state?.Current.Size ?? 0)
        {
            if (_state.MoveNext())
            {
                _stateItems.Add(_state.Current);
                continue;
            }

            _state.Dispose();
            _state = null;
        }

        if (_queue.Take(_items, room))
            Volatile.Write(ref _saidFull, false);
        lock (_changing)
            return _items.Count > 0 || _stateItems.Count > 0 || _changes.Count > 0 || _sequence == 0;
    }

    private async Task Deliver()
    {
        var batch = Write();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            switch (await Send(batch))
            {
                case PeerAnswer.Accepted:
                    Accepted();
                    return;
                case PeerAnswer.OutOfSequence:
                    // It forgot, as one does that left and came back. What it did not take goes into the new session.
                    BeginSession();
                    batch = Write();
                    continue;
                case PeerAnswer.UnknownSender:
                    // It will hear of us.
                    await Pause(pause);
                    BeginSession();
                    batch = Write();
                    continue;
                case PeerAnswer.Refused:
                    Failing(null);
                    metrics.RelayDropped("refused", _messages);
                    Forget();
                    await Pause(LongestPause);
                    BeginSession();
                    return;
                default:
                    await Pause(pause);
                    continue;
            }
        }
    }

    /// <summary>Null when its fate is unknown.</summary>
    private async Task<PeerAnswer?> Send(byte[] batch)
    {
        try
        {
            return await transport.Send(peer, batch, _left);
        }
        catch (PeerUnreachableException unreachable)
        {
            Failing(unreachable);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !_left.IsCancellationRequested)
        {
            // A fault of the transport must not end the loop: the peer would miss everything from then on.
            logger.PeerFaulted(fault, peer.Name);
            Failing(fault);
        }

        return null;
    }

    private Task Pause(TimeSpan pause) => Task.Delay(pause, time, _left);

    private byte[] Write()
    {
        _writer.Start(_session, _sequence);
        if (_sequence == 0)
            _writer.WriteInterestStart();
        WriteChanges();
        _messages = 0;
        Write(_stateItems);
        Write(_items);
        return _writer.Finish();
    }

    private void WriteChanges()
    {
        lock (_changing)
        {
            foreach (var (filter, isAdded) in _changes)
            {
                _writer.Write(filter, isAdded);
                _changes.Remove(filter);
                if (_writer.Written >= BatchBytes)
                    break;
            }

            _tells = _changes.Count == 0 ? _changesUpTo : null;
        }
    }

    private void Write(List<PeerItem> items)
    {
        foreach (var item in items)
        {
            if (!_writer.TryWrite(item))
                metrics.RelayDropped("expired", 1);
            else if (item.Message is not null)
                _messages++;
        }
    }

    private void Accepted()
    {
        _sequence++;
        metrics.RelayedOut(_messages);
        Forget();
        if (IsFailing)
            logger.PeerReachable(peer.Name);
        Volatile.Write(ref _isFailing, false);
        if (_tells is { } version)
            Volatile.Write(ref _toldUpTo, version);
        relay.OnTold();
    }

    private void Forget()
    {
        _queue.Done(_items);
        _items.Clear();
        _stateItems.Clear();
    }

    private void Failing(Exception? cause)
    {
        if (!IsFailing)
            logger.PeerUnreachable(cause, peer.Name);
        Volatile.Write(ref _isFailing, true);
        relay.OnTold();
    }
}
