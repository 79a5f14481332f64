using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// What waits for one subscriber, and what it has not acknowledged: the part of a session that will outlive its connection.
/// Bounded; whoever offers a message never waits.
/// </summary>
internal sealed class DeliveryQueue(MqttGatewayOptions options, GatewayMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Queue<OutboundPublish> _waiting = new();
    private readonly OutboundWindow<OutboundPublish> _window = new(new PacketIdAllocator());
    private int _live;
    private int _backlog;
    private long _bytes;
    private bool _isClosed;

    /// <summary>Whether the retained messages of earlier subscriptions are more than the queue would hold of live ones.</summary>
    public bool HasLongBacklog
    {
        get
        {
            lock (_lock)
                return _backlog > options.OutboundQueueMessages;
        }
    }

    /// <summary>How many wait for their acknowledgement.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
                return _window.Count;
        }
    }

    /// <summary>Starts a connection that lets this many messages be unacknowledged.</summary>
    public void Connect(int receiveMaximum)
    {
        lock (_lock)
            _window.Connect(receiveMaximum);
    }

    /// <summary>False when the subscriber is too slow for one more.</summary>
    public bool TryAdd(OutboundPublish publish)
    {
        lock (_lock)
        {
            if (_isClosed)
                return true;
            if (_live >= options.OutboundQueueMessages || _bytes + publish.Message.Size > options.OutboundQueueBytes)
                return false;
            if (!metrics.Outbound.TryTake(_bytes, publish.Message.Size, publish.QoS))
            {
                metrics.OutboundBudgetReached();
                return false;
            }

            _live++;
            _bytes += publish.Message.Size;
            _waiting.Enqueue(publish);
            return true;
        }
    }

    public void AddBacklog(IEnumerable<OutboundPublish> publishes)
    {
        lock (_lock)
        {
            foreach (var publish in publishes)
            {
                _backlog++;
                _waiting.Enqueue(publish);
            }
        }
    }

    /// <summary>Moves what may be sent now to <paramref name="batch"/>, up to about <paramref name="bytes"/>; those of QoS 1 get their packet identifiers.</summary>
    public void Take(List<OutboundPublish> batch, int bytes)
    {
        lock (_lock)
        {
            while (bytes > 0 && _waiting.TryPeek(out var publish))
            {
                ushort packetId = 0;

                // [MQTT-3.3.4-9]: no more than the client's Receive Maximum unacknowledged. What is behind waits too: order is kept.
                if (publish.QoS != MqttQoS.AtMostOnce && !_window.TryOpen(publish.QoS, publish, out packetId))
                    return;

                _waiting.Dequeue();
                if (publish.QoS == MqttQoS.AtMostOnce)
                    Leave(publish);
                bytes -= publish.Message.Size;
                batch.Add(publish with { PacketId = packetId });
            }
        }
    }

    /// <summary>Takes an acknowledgement; false when nothing waits for it.</summary>
    public bool Acknowledge(MqttPacketType type, ushort packetId, MqttReasonCode reason)
    {
        lock (_lock)
        {
            if (_window.Acknowledge(type, packetId, reason, out var publish) != AckOutcome.Finished)
                return false;

            Leave(publish);
            return true;
        }
    }

    /// <summary>Forgets everything, and takes no more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _waiting.Clear();
            _window.Abandon();
            Count(-_bytes);
        }
    }

    private void Leave(OutboundPublish publish)
    {
        if (publish.IsBacklog)
        {
            _backlog--;
            return;
        }

        _live--;
        Count(-publish.Message.Size);
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        metrics.OutboundBytes(bytes);
    }
}
