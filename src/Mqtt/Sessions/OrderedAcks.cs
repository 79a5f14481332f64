using System.Buffers;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Sessions;

/// <summary>
/// The acknowledgements a receiver owes. Messages may be dealt with in any order and on any thread; PUBACK and PUBREC
/// leave in the order in which the PUBLISH packets came ([MQTT-4.6.0-2], [MQTT-4.6.0-3]). One per connection.
/// </summary>
/// <param name="receiveMaximum">How many messages may be unacknowledged; more is the peer's error (3.3.4, [MQTT-3.3.4-7]).</param>
public sealed class OrderedAcks(int receiveMaximum)
{
    // Most devices have one or two messages on the way; the ring grows for those that have more.
    private const int InitialSlots = 4;

    private readonly Lock _lock = new();
    private Slot[] _ring = new Slot[InitialSlots];
    private long _head;
    private long _tail;
    private int _pubAcks;

    /// <summary>How many QoS 1 messages are not acknowledged yet. Without a lock: never too low for one who has seen an acknowledgement leave.</summary>
    public int PubAckCount => Volatile.Read(ref _pubAcks);

    /// <summary>How many messages are not acknowledged yet.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return (int)(_tail - _head);
        }
    }

    /// <summary>
    /// Notes an arriving message and returns its ticket; false when the peer exceeds the receive maximum
    /// (<see cref="MqttReasonCode.ReceiveMaximumExceeded"/>).
    /// </summary>
    /// <param name="type">PUBACK for QoS 1, PUBREC for QoS 2.</param>
    public bool TryTake(MqttPacketType type, ushort packetId, out long ticket)
    {
        lock (_lock)
        {
            ticket = _tail;
            if (_tail - _head >= receiveMaximum)
                return false;

            if (_tail - _head == _ring.Length)
                Grow();
            SlotOf(_tail++) = new Slot { Type = type, PacketId = packetId };
            if (type == MqttPacketType.PubAck)
                Volatile.Write(ref _pubAcks, _pubAcks + 1);
            return true;
        }
    }

    /// <summary>
    /// Says that a message has been dealt with. True when an acknowledgement became ready to leave:
    /// the caller then wakes whoever writes to the connection.
    /// </summary>
    /// <exception cref="InvalidOperationException">The ticket was completed before.</exception>
    public bool Complete(long ticket, MqttReasonCode reason = MqttReasonCode.Success)
    {
        lock (_lock)
        {
            if (ticket < _head || ticket >= _tail || SlotOf(ticket).IsComplete)
                throw new InvalidOperationException($"Ticket {ticket} is not open.");

            ref var slot = ref SlotOf(ticket);
            slot.Reason = reason;
            slot.IsComplete = true;
            return ticket == _head;
        }
    }

    /// <summary>Takes the next acknowledgement that is ready to leave.</summary>
    public bool TryDequeue(out MqttPacketType type, out ushort packetId, out MqttReasonCode reason)
    {
        lock (_lock)
        {
            var slot = _head == _tail ? default : SlotOf(_head);
            (type, packetId, reason) = (slot.Type, slot.PacketId, slot.Reason);
            if (!slot.IsComplete)
                return false;

            _head++;
            if (type == MqttPacketType.PubAck)
                Volatile.Write(ref _pubAcks, _pubAcks - 1);
            return true;
        }
    }

    /// <summary>Writes every acknowledgement that is ready to leave, and returns how many those were.</summary>
    public int WriteReady(IBufferWriter<byte> output, MqttVersion version)
    {
        var written = 0;
        while (TryDequeue(out var type, out var packetId, out var reason))
        {
            output.WritePacket(new AckPacket { Type = type, PacketId = packetId, ReasonCode = reason }, version);
            written++;
        }

        return written;
    }

    private ref Slot SlotOf(long ticket) => ref _ring[ticket & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new Slot[_ring.Length * 2];
        for (var ticket = _head; ticket < _tail; ticket++)
            larger[ticket & (larger.Length - 1)] = SlotOf(ticket);
        _ring = larger;
    }

    private struct Slot
    {
        public MqttPacketType Type;
        public ushort PacketId;
        public MqttReasonCode Reason;
        public bool IsComplete;
    }
}
