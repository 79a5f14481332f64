using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    private Queue<ushort>? _toResend; // only a connection that goes on with a session has any
    private long _lastSequence;
    private int _quota;

    /// <summary>How many deliveries are unfinished.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether something older waits to be sent again, and so goes before anything new.</summary>
    public bool IsResending => _toResend is { Count: > 0 };

    /// <summary>Whether a new message may be sent now: the quota allows it and nothing older waits to be sent again.</summary>
    public bool HasRoom => _quota > 0 && !IsResending && ids.Count < ushort.MaxValue;

    /// <summary>Starts a connection: the quota is the peer's Receive Maximum, and whatever is unfinished is to be sent again.</summary>
    public void Connect(int receiveMaximum)
    {
        _quota = receiveMaximum;
        _toResend?.Clear();
        if (_entries.Count == 0)
            return;

        // [MQTT-4.6.0-1]: PUBLISH packets are sent again in the order in which they were first sent.
        _toResend ??= [];
        foreach (var packetId in InOrder())
        {
            CollectionsMarshal.GetValueRefOrNullRef(_entries, packetId).IsSent = false;
            _toResend.Enqueue(packetId);
        }
    }

    /// <summary>Takes up a delivery of an earlier run, behind those taken up before it; false when its identifier is in use.</summary>
    public bool TryRestore(ushort packetId, DeliveryStep step, TMessage message)
    {
        if (!ids.TryReserve(packetId))
            return false;

        _entries.Add(packetId, new Entry { Sequence = ++_lastSequence, Message = message, Step = step });
        return true;
    }

    /// <summary>The next unfinished delivery to send again: PUBLISH with DUP and its old identifier, or PUBREL ([MQTT-4.4.0-1]).</summary>
    public bool TryResend(out Delivery<TMessage> delivery)
    {
        while (_quota > 0 && _toResend is not null && _toResend.TryDequeue(out var packetId))
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, packetId);
            if (Unsafe.IsNullRef(ref entry))
                continue; // forgotten meanwhile

            _quota--;
            entry.IsSent = true;
            delivery = new Delivery<TMessage>(packetId, entry.Step, entry.Message);
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
        ref var entry = ref CollectionsMarshal.GetValueRefOrNullRef(_entries, packetId);
        if (Unsafe.IsNullRef(ref entry) || !entry.IsSent)
            return AckOutcome.Unexpected;

        // A second PUBREC is answered as the first was: its PUBREL may still be on the way.
        var isSuccess = reason < MqttReasonCode.UnspecifiedError;
        var isRepeat = type == MqttPacketType.PubRec && entry.Step == DeliveryStep.AwaitingPubComp && isSuccess;
        if (type != Expected(entry.Step) && !isRepeat)
            return AckOutcome.Unexpected;

        message = entry.Message;

        // 4.3.3: a PUBREC that reports failure ends the delivery.
        if (type == MqttPacketType.PubRec && isSuccess)
        {
            entry.Step = DeliveryStep.AwaitingPubComp;
            return AckOutcome.SendPubRel;
        }

        // 4.9: PUBACK, PUBCOMP and a failed PUBREC give the quota back.
        Remove(packetId);
        return AckOutcome.Finished;
    }

    /// <summary>Ends a delivery whose PUBLISH did not go out after all.</summary>
    public bool Forget(ushort packetId, out TMessage? message)
    {
        if (!_entries.TryGetValue(packetId, out var entry))
        {
            message = default;
            return false;
        }

        message = entry.Message;
        if (entry.IsSent)
            _quota++;
        _entries.Remove(packetId);
        ids.Release(packetId);
        return true;
    }

    /// <summary>Forgets the QoS 2 deliveries of which only PUBCOMP is missing and returns their messages, oldest first.</summary>
    public IReadOnlyList<TMessage> AbandonReleased()
    {
        var released = InOrder().Where(id => _entries[id].Step == DeliveryStep.AwaitingPubComp).ToArray();
        TMessage[] messages = [.. released.Select(id => _entries[id].Message)];
        foreach (var packetId in released)
        {
            _entries.Remove(packetId);
            ids.Release(packetId);
        }

        return messages;
    }

    /// <summary>Forgets all deliveries and returns their messages, oldest first.</summary>
    public IReadOnlyList<TMessage> Abandon()
    {
        TMessage[] messages = [.. _entries.Values.OrderBy(entry => entry.Sequence).Select(entry => entry.Message)];
        foreach (var packetId in _entries.Keys)
            ids.Release(packetId);
        _entries.Clear();
        _toResend?.Clear();
        return messages;
    }

    /// <summary>The deliveries that are unfinished, oldest first.</summary>
    public IEnumerable<Delivery<TMessage>> Unfinished() => InOrder().Select(id => new Delivery<TMessage>(id, _entries[id].Step, _entries[id].Message));

    private ushort[] InOrder() => [.. _entries.OrderBy(entry => entry.Value.Sequence).Select(entry => entry.Key)];

    private void Remove(ushort packetId)
    {
        _entries.Remove(packetId);
        ids.Release(packetId);
        _quota++;
    }

    private static MqttPacketType Expected(DeliveryStep step) => step switch
    {
        DeliveryStep.AwaitingPubAck => MqttPacketType.PubAck,
        DeliveryStep.AwaitingPubRec => MqttPacketType.PubRec,
        _ => MqttPacketType.PubComp,
    };

    private struct Entry
    {
        public long Sequence;
        public TMessage Message;
        public DeliveryStep Step;

        /// <summary>Whether it went out on this connection, and so may be answered.</summary>
        public bool IsSent;
    }
}
