using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Sessions;

/// <summary>
/// The QoS 1 and 2 messages a sender has not seen acknowledged: session state that outlives a connection (4.1),
/// and the send quota that does not (4.9). No clock, no I/O, one owner.
/// </summary>
/// <param name="ids">The identifiers of this direction, shared with SUBSCRIBE and UNSUBSCRIBE on the client's side.</param>
public sealed class OutboundWindow<TMessage>(PacketIdAllocator ids)
{
    private readonly Dictionary<ushort, Entry> _entries = [];
    private readonly Queue<Entry> _toResend = [];
    private long _lastSequence;
    private int _quota;

    /// <summary>How many deliveries are unfinished.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether a new message may be sent now: the quota allows it and nothing older waits to be sent again.</summary>
    public bool HasRoom => _quota > 0 && _toResend.Count == 0 && ids.Count < ushort.MaxValue;

    /// <summary>Starts a connection: the quota is the peer's Receive Maximum, and whatever is unfinished is to be sent again.</summary>
    public void Connect(int receiveMaximum)
    {
        _quota = receiveMaximum;
        _toResend.Clear();

        // [MQTT-4.6.0-1]: PUBLISH packets are sent again in the order in which they were first sent.
        foreach (var entry in _entries.Values.OrderBy(entry => entry.Sequence))
        {
            entry.IsSent = false;
            _toResend.Enqueue(entry);
        }
    }

    /// <summary>The next unfinished delivery to send again: PUBLISH with DUP and its old identifier, or PUBREL ([MQTT-4.4.0-1]).</summary>
    public bool TryResend(out Delivery<TMessage> delivery)
    {
        if (_quota > 0 && _toResend.TryDequeue(out var entry))
        {
            _quota--;
            entry.IsSent = true;
            delivery = new Delivery<TMessage>(entry.PacketId, entry.Step, entry.Message);
            return true;
        }

        delivery = default;
        return false;
    }

    /// <summary>Starts a delivery; false when there is no room.</summary>
    public bool TryOpen(MqttQoS qos, TMessage message, out ushort packetId)
    {
        if (qos == MqttQoS.AtMostOnce)
            throw new ArgumentOutOfRangeException(nameof(qos), qos, "QoS 0 is not acknowledged.");

        packetId = 0;
        if (!HasRoom || !ids.TryTake(out packetId))
            return false;

        _quota--;
        _entries.Add(packetId, new Entry
        {
            PacketId = packetId,
            Sequence = ++_lastSequence,
            Message = message,
            Step = qos == MqttQoS.AtLeastOnce ? DeliveryStep.AwaitingPubAck : DeliveryStep.AwaitingPubRec,
            IsSent = true,
        });
        return true;
    }

    /// <summary>Takes PUBACK, PUBREC or PUBCOMP.</summary>
    public AckOutcome Acknowledge(MqttPacketType type, ushort packetId, MqttReasonCode reason, out TMessage? message)
    {
        message = default;
        if (!_entries.TryGetValue(packetId, out var entry) || !entry.IsSent || type != Expected(entry.Step))
            return AckOutcome.Unexpected;

        message = entry.Message;

        // 4.3.3: a PUBREC that reports failure ends the delivery.
        if (type == MqttPacketType.PubRec && reason < MqttReasonCode.UnspecifiedError)
        {
            entry.Step = DeliveryStep.AwaitingPubComp;
            return AckOutcome.SendPubRel;
        }

        // 4.9: PUBACK, PUBCOMP and a failed PUBREC give the quota back.
        _entries.Remove(packetId);
        ids.Release(packetId);
        _quota++;
        return AckOutcome.Finished;
    }

    /// <summary>Forgets the QoS 2 deliveries of which only PUBCOMP is missing and returns their messages, oldest first.</summary>
    public IReadOnlyList<TMessage> AbandonReleased()
    {
        Entry[] released = [.. _entries.Values.Where(entry => entry.Step == DeliveryStep.AwaitingPubComp).OrderBy(entry => entry.Sequence)];
        foreach (var entry in released)
        {
            _entries.Remove(entry.PacketId);
            ids.Release(entry.PacketId);
        }

        return [.. released.Select(entry => entry.Message)];
    }

    /// <summary>Forgets all deliveries and returns their messages, oldest first.</summary>
    public IReadOnlyList<TMessage> Abandon()
    {
        TMessage[] messages = [.. _entries.Values.OrderBy(entry => entry.Sequence).Select(entry => entry.Message)];
        foreach (var packetId in _entries.Keys)
            ids.Release(packetId);
        _entries.Clear();
        _toResend.Clear();
        return messages;
    }

    private static MqttPacketType Expected(DeliveryStep step) => step switch
    {
        DeliveryStep.AwaitingPubAck => MqttPacketType.PubAck,
        DeliveryStep.AwaitingPubRec => MqttPacketType.PubRec,
        _ => MqttPacketType.PubComp,
    };

    private sealed class Entry
    {
        public required ushort PacketId { get; init; }

        public required long Sequence { get; init; }

        public required TMessage Message { get; init; }

        public required DeliveryStep Step { get; set; }

        /// <summary>Whether it went out on this connection, and so may be answered.</summary>
        public required bool IsSent { get; set; }
    }
}
