using System.Buffers;

namespace OrleansIot.Mqtt.Codec;

/// <summary>
/// One whole control packet, cut out of a byte stream but not yet interpreted: the fixed header's first byte
/// and everything that follows the remaining length (2.1). A view: it lives as long as the bytes it was read from.
/// </summary>
public readonly ref struct MqttFrame
{
    internal MqttFrame(byte header, ReadOnlySpan<byte> body)
    {
        Header = header;
        Body = body;
    }

    /// <summary>The first byte: packet type and flags.</summary>
    public byte Header { get; }

    /// <summary>Variable header and payload.</summary>
    public ReadOnlySpan<byte> Body { get; }

    public MqttPacketType Type => (MqttPacketType)(Header >> 4);

    /// <summary>The lower four bits of the first byte; only PUBLISH gives them a meaning.</summary>
    public int Flags => Header & 0x0F;

    /// <summary>
    /// Reads the frame at the start of <paramref name="source"/>. Consumes nothing unless the answer is
    /// <see cref="OperationStatus.Done"/>; on <see cref="OperationStatus.InvalidData"/>,
    /// <paramref name="reason"/> is what DISCONNECT should say.
    /// </summary>
    /// <param name="source">Bytes from the peer, beginning at a packet's first byte.</param>
    /// <param name="maxPacketSize">Largest packet to accept, fixed header included (3.1.2.11.4 Maximum Packet Size).</param>
    /// <param name="frame">The frame, a view over <paramref name="source"/>.</param>
    /// <param name="bytesRead">How many bytes the frame took.</param>
    /// <param name="reason">Why the bytes are not acceptable.</param>
    public static OperationStatus Read(
        ReadOnlySpan<byte> source, int maxPacketSize, out MqttFrame frame, out int bytesRead, out MqttReasonCode reason)
    {
        frame = default;
        bytesRead = 0;
        var status = ReadHeader(source, maxPacketSize, out var headerLength, out var bodyLength, out reason);
        if (status != OperationStatus.Done)
            return status;
        if (source.Length - headerLength < bodyLength)
            return OperationStatus.NeedMoreData;

        frame = new MqttFrame(source[0], source.Slice(headerLength, bodyLength));
        bytesRead = headerLength + bodyLength;
        return OperationStatus.Done;
    }

    /// <summary>Reads the fixed header alone, so that a packet that will never be accepted is refused before its body arrives.</summary>
    internal static OperationStatus ReadHeader(
        ReadOnlySpan<byte> source, int maxPacketSize, out int headerLength, out int bodyLength, out MqttReasonCode reason)
    {
        headerLength = 0;
        bodyLength = 0;
        reason = MqttReasonCode.Success;
        if (source.IsEmpty)
            return OperationStatus.NeedMoreData;

        if (!IsHeaderValid(source[0]))
        {
            reason = MqttReasonCode.MalformedPacket;
            return OperationStatus.InvalidData;
        }

        var status = VariableByteInteger.Read(source[1..], out bodyLength, out var lengthBytes);
        headerLength = 1 + lengthBytes;
        if (status == OperationStatus.InvalidData)
        {
            reason = MqttReasonCode.MalformedPacket;
        }
        else if (status == OperationStatus.Done && bodyLength > maxPacketSize - headerLength)
        {
            reason = MqttReasonCode.PacketTooLarge;
            status = OperationStatus.InvalidData;
        }

        return status;
    }

    private static bool IsHeaderValid(byte header) => (MqttPacketType)(header >> 4) switch
    {
        // [MQTT-3.3.1-4]: both QoS bits set is malformed. [MQTT-3.3.1-2]: DUP is 0 for QoS 0.
        MqttPacketType.Publish => (header & 0b0110) != 0b0110 && (header & 0b1110) != 0b1000,

        // [MQTT-3.6.1-1], [MQTT-3.8.1-1], [MQTT-3.10.1-1]: the reserved bits are 0010.
        MqttPacketType.PubRel or MqttPacketType.Subscribe or MqttPacketType.Unsubscribe => (header & 0x0F) == 0b0010,

        MqttPacketType.Reserved => false,

        // [MQTT-2.1.3-1] (3.1.1: [MQTT-2.2.2-1]): all other flags are reserved as zero.
        _ => (header & 0x0F) == 0,
    };
}
