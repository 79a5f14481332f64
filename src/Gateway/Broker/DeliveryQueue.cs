using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// What waits for one subscriber, and what it has not acknowledged: the part of a session that outlives its connection.
/// Bounded; whoever offers a message never waits, and is told by <see cref="TryHold"/> before whether it should.
/// </summary>
internal sealed class DeliveryQueue(string clientId, SessionParts parts) : ICommitted
{
    // What goes out behind one commit.
    private const int HeldMessages = 256;
    private const int HeldBytes = 256 * 1024;

    private readonly Lock _lock = new();
    private Queue<OutboundPublish>? _waiting; // many clients only publish
    private OutboundWindow<OutboundPublish>? _window;
    private Queue<OutboundPublish>? _held;
    private bool _mayHeldGo;
    private volatile Mode _mode = Mode.Offline;
    private ISubscriber? _subscriber;
    private PublisherBrake? _brake; // most subscribers keep up
    private int _receiveMaximum;
    private int _live;
    private int _backlog;
    private long _bytes;

    private enum Mode
    {
        Offline,
        Connected,
        Closed,
    }

    public bool IsConnected => _mode == Mode.Connected;

    /// <summary>Whether who publishes to the subscriber waits for it.</summary>
    public bool IsBehind => Volatile.Read(ref _brake) is { IsOn: true };

    /// <summary>Whether the subscriber is behind so far that the next message may find no room.</summary>
    public bool IsFull => Volatile.Read(ref _live) >= parts.Options.OutboundQueueMessages || Volatile.Read(ref _bytes) >= parts.Options.OutboundQueueBytes;

    /// <summary>Whether the retained messages of earlier subscriptions are more than the queue would hold of live ones.</summary>
    public bool HasLongBacklog
    {
        get
        {
            lock (_lock)
                return _backlog > parts.Options.OutboundQueueMessages;
        }
    }

    /// <summary>How many wait for their acknowledgement.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
                return _window?.Count ?? 0;
        }
    }

    /// <summary>Starts a connection that lets this many messages be unacknowledged; what earlier ones left goes first.</summary>
    public void Connect(int receiveMaximum, ISubscriber subscriber)
    {
        lock (_lock)
        {
            _subscriber = subscriber;
            parts.Offline.Count(-_bytes);
            _mode = Mode.Connected;
            _receiveMaximum = receiveMaximum;
            _window?.Connect(receiveMaximum);
        }
    }

    /// <summary>The connection is gone, the session stays: QoS 0 does not wait for another one (3.1.2.11.2 leaves that to us).</summary>
    public void Disconnect()
    {
        lock (_lock)
        {
            if (_mode != Mode.Connected)
                return;

            _subscriber = null;
            _brake?.Release();
            var waiting = new Queue<OutboundPublish>();
            foreach (var publish in _held ?? [])
            {
                // It did not go out: it gets an identifier when it does.
                _window!.Forget(publish.PacketId, out _);
                Keep(publish with { PacketId = 0 });
            }

            _held = null;
            foreach (var publish in _waiting ?? [])
                Keep(publish);
            _waiting = waiting.Count == 0 ? null : waiting;
            _mode = Mode.Offline;
            parts.Offline.Count(_bytes);

            void Keep(OutboundPublish publish)
            {
                if (publish.QoS == MqttQoS.AtMostOnce)
                {
                    Leave(publish);
                    return;
                }

                if (publish.IsBacklog)
                {
                    _backlog--;
                    _live++;
                    Count(publish.Message.Size);
                }

                waiting.Enqueue(publish with { IsBacklog = false });
            }
        }
    }

    /// <summary>Whether a message would find room; may have changed a moment later.</summary>
    public bool HasRoomFor(int size)
    {
        lock (_lock)
            return HasRoom(size);
    }

    /// <summary>False when there is no room for one more.</summary>
    public bool TryAdd(in OutboundPublish publish)
    {
        lock (_lock)
        {
            if (_mode == Mode.Closed)
                return true;
            if (!HasRoom(publish.Message.Size))
                return false;
            if (!parts.Metrics.Outbound.TryTake(_bytes, publish.Message.Size, publish.QoS))
            {
                parts.Metrics.OutboundBudgetReached();
                return false;
            }

            Volatile.Write(ref _live, _live + 1);
            Note(publish.Message.Size);
            (_waiting ??= new()).Enqueue(publish);
            if (_mode == Mode.Connected && IsAbove(numerator: 4))
                Brake();
            return true;
        }
    }

    /// <summary>Something can be taken.</summary>
    public void Notify() => Volatile.Read(ref _subscriber)?.OnQueued();

    /// <summary>A message found no room that must not be lost.</summary>
    public void Overflow() => Volatile.Read(ref _subscriber)?.OnOverflow();

    /// <summary>For how long at the most a publisher has to wait, which is called earlier where that changes; null where it need not.</summary>
    public TimeSpan? TryHold(HeldPublisher publisher, bool isQoS0, long now)
    {
        lock (_lock)
            return _brake?.TryHold(publisher, isQoS0, now);
    }

    public void LetGo(HeldPublisher publisher)
    {
        lock (_lock)
            _brake?.LetGo(publisher);
    }

    public void AddBacklog(IEnumerable<OutboundPublish> publishes)
    {
        lock (_lock)
        {
            foreach (var publish in publishes)
            {
                _backlog++;
                (_waiting ??= new()).Enqueue(publish);
            }
        }
    }

    /// <summary>Takes up what an earlier run owed, in its order, whatever the bounds are now.</summary>
    public void Restore(in OutboundPublish publish, ushort packetId, bool isReleased)
    {
        lock (_lock)
        {
            var step = isReleased ? DeliveryStep.AwaitingPubComp : publish.QoS == MqttQoS.ExactlyOnce ? DeliveryStep.AwaitingPubRec : DeliveryStep.AwaitingPubAck;
            if (packetId == 0 || !Window().TryRestore(packetId, step, publish))
                (_waiting ??= new()).Enqueue(publish);
            _live++;
            Count(publish.Message.Size);
        }
    }

    /// <summary>Moves what may be sent now to <paramref name="batch"/>, up to about <paramref name="bytes"/>; those of QoS 1 and 2 get their packet identifiers.</summary>
    public void Take(List<OutboundPublish> batch, int bytes)
    {
        lock (_lock)
        {
            if (_mode != Mode.Connected)
                return;

            // [MQTT-4.4.0-1], [MQTT-4.6.0-1]: what earlier connections left goes first.
            while (bytes > 0 && _window is not null && _window.TryResend(out var again))
            {
                batch.Add(again.Message with { PacketId = again.PacketId, IsRepeat = true, IsRelease = again.Step == DeliveryStep.AwaitingPubComp });
                bytes -= again.Message.Message.Size;
            }

            if (_window is { IsResending: true } || !TakeHeld(batch, ref bytes) || _waiting is null)
                return;

            while (bytes > 0 && _waiting.TryPeek(out var publish))
            {
                ushort packetId = 0;
                if (publish.QoS != MqttQoS.AtMostOnce)
                {
                    // [MQTT-4.4.0-1]: a QoS 2 message goes out again under its identifier even after a restart, so that is stored first.
                    if (publish.QoS == MqttQoS.ExactlyOnce && publish.Number != 0)
                    {
                        Hold();
                        return;
                    }

                    // [MQTT-3.3.4-9]: no more than the client's Receive Maximum unacknowledged. What is behind waits too: order is kept.
                    if (!Window().TryOpen(publish.QoS, publish, out packetId))
                        return;
                }

                _waiting.Dequeue();
                if (publish.QoS == MqttQoS.AtMostOnce)
                    Leave(publish);
                bytes -= publish.Message.Size;
                batch.Add(publish with { PacketId = packetId });
            }
        }
    }

    /// <summary>Takes an acknowledgement.</summary>
    /// <param name="number">Of the stored delivery; 0 where it is not stored.</param>
    public AckOutcome Acknowledge(MqttPacketType type, ushort packetId, MqttReasonCode reason, out long number)
    {
        lock (_lock)
        {
            number = 0;
            if (_window is null)
                return AckOutcome.Unexpected;

            var outcome = _window.Acknowledge(type, packetId, reason, out var publish);
            number = publish.Number;
            if (outcome == AckOutcome.Finished)
                Finish(publish);
            return outcome;
        }
    }

    /// <summary>Ends a delivery that was taken and could not be sent.</summary>
    public void Drop(in OutboundPublish publish)
    {
        if (publish.QoS == MqttQoS.AtMostOnce)
            return;

        lock (_lock)
        {
            if (_window is not null && _window.Forget(publish.PacketId, out _))
                Finish(publish);
        }
    }

    /// <summary>Forgets everything, and takes no more. Answers what was not acknowledged, and of QoS 2 what had not gone out.</summary>
    public IReadOnlyList<OutboundPublish> Close()
    {
        lock (_lock)
        {
            if (_mode == Mode.Closed)
                return [];

            _subscriber = null;
            _brake?.Release();

            // [MQTT-4.8.2-5]: a QoS 2 message that has gone out is nobody else's.
            OutboundPublish[] left =
            [
                .. (_window?.Abandon() ?? []).Where(publish => publish.QoS == MqttQoS.AtLeastOnce),
                .. (_held ?? []).Where(publish => publish.QoS == MqttQoS.ExactlyOnce),
                .. _waiting ?? [],
            ];
            _waiting = null;
            _held = null;
            Count(-_bytes);
            _mode = Mode.Closed;
            return left;
        }
    }

    /// <summary>The identifiers of what is held are stored.</summary>
    void ICommitted.Committed(bool isStored)
    {
        lock (_lock)
            _mayHeldGo = true;
        Notify();
    }

    private OutboundWindow<OutboundPublish> Window()
    {
        if (_window is null)
        {
            _window = new OutboundWindow<OutboundPublish>(new PacketIdAllocator());
            _window.Connect(_receiveMaximum);
        }

        return _window;
    }

    private bool HasRoom(int size) => _mode switch
    {
        Mode.Connected => _live < parts.Options.OutboundQueueMessages && _bytes + size <= parts.Options.OutboundQueueBytes,
        Mode.Offline => _live < parts.Options.OfflineQueueMessages && _bytes + size <= parts.Options.OfflineQueueBytes && parts.Offline.Has(size),
        _ => true,
    };

    /// <summary>Gives what may go behind one commit its identifiers, and has them stored.</summary>
    private void Hold()
    {
        var held = new Queue<OutboundPublish>();
        var bytes = 0;
        while (held.Count < HeldMessages && bytes < HeldBytes && _waiting!.TryPeek(out var publish))
        {
            ushort packetId = 0;
            if (publish.QoS != MqttQoS.AtMostOnce && !Window().TryOpen(publish.QoS, publish, out packetId))
                break;

            _waiting.Dequeue();
            bytes += publish.Message.Size;
            held.Enqueue(publish with { PacketId = packetId });
        }

        if (held.Count == 0)
            return;

        _held = held;
        _mayHeldGo = false;
        foreach (var publish in held)
        {
            if (publish.QoS == MqttQoS.ExactlyOnce && publish.Number != 0)
                parts.Journal.Note(new SessionChange.Sent(clientId, publish.Number, publish.PacketId));
        }

        parts.Journal.Note(null, this);
    }

    /// <summary>False while something is held that has to go before anything else.</summary>
    private bool TakeHeld(List<OutboundPublish> batch, ref int bytes)
    {
        if (_held is null)
            return true;
        if (!_mayHeldGo)
            return false;

        while (bytes > 0 && _held.TryDequeue(out var publish))
        {
            if (publish.QoS == MqttQoS.AtMostOnce)
                Leave(publish);
            bytes -= publish.Message.Size;
            batch.Add(publish);
        }

        if (_held.Count > 0)
            return false;
        _held = null;
        return true;
    }

    private void Finish(in OutboundPublish publish)
    {
        Leave(publish);
        if (publish.Number != 0)
            parts.Journal.Note(new SessionChange.Delivered(clientId, publish.Number));
    }

    private void Leave(in OutboundPublish publish)
    {
        if (publish.IsBacklog)
        {
            _backlog--;
            return;
        }

        Volatile.Write(ref _live, _live - 1);
        Count(-publish.Message.Size);
        _brake?.Taken(hasCaughtUp: !IsAbove(numerator: 3), isIdle: _live == 0);
    }

    /// <summary>Half of the queue is much, and three eighths of it are little enough again.</summary>
    private bool IsAbove(int numerator) =>
        _live > (long)parts.Options.OutboundQueueMessages * numerator / 8 || _bytes > (long)parts.Options.OutboundQueueBytes * numerator / 8;

    private void Brake()
    {
        if (_brake is null)
            Volatile.Write(ref _brake, new PublisherBrake(parts.Slow));
        if (_brake!.Apply())
            _subscriber?.OnBehind();
    }

    private void Count(long bytes)
    {
        parts.Metrics.Outbound.Change(bytes);
        Note(bytes);
    }

    /// <summary>Where the budget counts it already.</summary>
    private void Note(long bytes)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        if (_mode == Mode.Offline)
            parts.Offline.Count(bytes);
    }
}
