using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Peers;

/// <summary>
/// Writes a batch: version, session, sequence number, then items, each with its kind and length in front, so that a gateway of an
/// earlier release can pass over a kind that it does not know. Messages are PUBLISH packets of MQTT 5.0. Integers are little-endian.
/// </summary>
internal sealed class PeerBatchWriter(TimeProvider time)
{
    public const byte Version = 1;
    public const int HeaderBytes = sizeof(byte) + sizeof(long) + sizeof(int);

    // A PUBLISH of QoS 1 has a packet identifier, which nobody looks at here.
    private const ushort AnyPacketId = 1;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _properties = new();

    public int Written => _output.WrittenCount;

    public void Start(long session, int sequence)
    {
        _output.ResetWrittenCount();
        var header = _output.GetSpan(HeaderBytes);
        header[0] = Version;
        BinaryPrimitives.WriteInt64LittleEndian(header[1..], session);
        BinaryPrimitives.WriteInt32LittleEndian(header[(1 + sizeof(long))..], sequence);
        _output.Advance(HeaderBytes);
    }

    /// <summary>The batch, in an array of its own: a transport may hold it for longer than it lets its caller wait.</summary>
    public byte[] Finish() => _output.WrittenSpan.ToArray();

    public void WriteInterestStart() => WriteItem(PeerItemKind.InterestStart, 0);

    public void Write(TopicFilter filter, bool isAdded)
    {
        var span = WriteItem(isAdded ? PeerItemKind.FilterAdded : PeerItemKind.FilterRemoved, filter.Utf8Bytes.Length);
        filter.Utf8Bytes.CopyTo(span);
    }

    /// <summary>False for a message whose time is over.</summary>
    public bool TryWrite(in PeerItem item)
    {
        if (item.Message is { } message)
            return TryWrite(item.Kind, message, item.Stamp);

        var span = WriteItem(item.Kind, StampBytes + Encoding.UTF8.GetByteCount(item.ClientId!));
        WriteStamp(span, item.Stamp);
        Encoding.UTF8.GetBytes(item.ClientId!, span[StampBytes..]);
        return true;
    }

    public const int StampBytes = sizeof(long) + sizeof(int);

    private bool TryWrite(PeerItemKind kind, BrokeredMessage message, PeerStamp stamp)
    {
        _properties.ResetWrittenCount();
        if (message.SecondsLeft(time) is { } seconds)
        {
            if (seconds == 0)
                return false;
            MqttProperties.Append(_properties, MqttPropertyId.MessageExpiryInterval, seconds);
        }

        var packet = message.Body.ToPacket(
            message.QoS, message.QoS == MqttQoS.AtMostOnce ? (ushort)0 : AnyPacketId, retain: message.Retain, ownProperties: new MqttProperties(_properties.WrittenSpan));
        var stampBytes = kind == PeerItemKind.Message ? 0 : StampBytes;
        var span = WriteItem(kind, stampBytes + PacketEncoder.Measure(packet, MqttVersion.V5));
        if (stampBytes > 0)
            WriteStamp(span, stamp);
        PacketEncoder.Write(span[stampBytes..], packet, MqttVersion.V5);
        return true;
    }

    private Span<byte> WriteItem(PeerItemKind kind, int length)
    {
        const int prefix = sizeof(byte) + sizeof(int);
        var span = _output.GetSpan(prefix + length);
        span[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(span[1..], length);
        _output.Advance(prefix + length);
        return span.Slice(prefix, length);
    }

    private static void WriteStamp(Span<byte> span, PeerStamp stamp)
    {
        BinaryPrimitives.WriteInt64LittleEndian(span, stamp.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(span[sizeof(long)..], stamp.Run);
    }
}
