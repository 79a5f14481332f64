using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Peers;

/// <summary>What waits for one peer. Bounded in bytes; whoever offers something never waits.</summary>
internal sealed class PeerQueue(long capacity, GatewayMetrics metrics)
{
    private readonly Lock _lock = new();
    private readonly Queue<PeerItem> _waiting = new();
    private long _bytes;
    private bool _isClosed;

    /// <summary>False when there is no room: it was dropped, and counted.</summary>
    public bool TryAdd(in PeerItem item)
    {
        // QoS 0 is shed first: the second half of the room is for what its publisher wants to be sure of.
        var isShedFirst = item.Message is { QoS: MqttQoS.AtMostOnce } && item.Kind == PeerItemKind.Message;
        var room = isShedFirst ? capacity / 2 : capacity;
        lock (_lock)
        {
            if (_isClosed)
                return true;

            // One that is larger than all the room still passes when it is alone.
            if (_bytes == 0 || _bytes + item.Size <= room)
            {
                _bytes += item.Size;
                metrics.RelayQueue(item.Size);
                _waiting.Enqueue(item);
                return true;
            }
        }

        metrics.RelayDropped(ReasonOf(item), 1);
        return false;
    }

    /// <summary>Takes up to about so many bytes; true when nothing is left. They count as waiting until they are <see cref="Done"/>.</summary>
    public bool Take(List<PeerItem> items, int bytes)
    {
        lock (_lock)
        {
            while (bytes > 0 && _waiting.TryDequeue(out var item))
            {
                bytes -= item.Size;
                items.Add(item);
            }

            return _waiting.Count == 0;
        }
    }

    public void Done(List<PeerItem> items)
    {
        var bytes = 0L;
        foreach (var item in items)
            bytes += item.Size;
        lock (_lock)
        {
            if (_isClosed)
                return;
            _bytes -= bytes;
            metrics.RelayQueue(-bytes);
        }
    }

    /// <summary>Forgets everything, and takes no more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            metrics.RelayQueue(-_bytes);
            _bytes = 0;
            _waiting.Clear();
        }
    }

    private static string ReasonOf(in PeerItem item) => item switch
    {
        { Kind: PeerItemKind.ClientConnected } => "take-over",
        { Kind: PeerItemKind.RetainedMessage } => "retained",
        { Message.QoS: MqttQoS.AtMostOnce } => "qos-0",
        _ => "qos-1",
    };
}
