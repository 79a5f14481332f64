using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace OrleansIot.Mqtt.Codec;

/// <summary>PUBLISH (3.3): an application message, read in place and written without a copy in between.</summary>
public readonly ref struct PublishPacket : IMqttPacket
{
    private static readonly SearchValues<byte> NotInTopicName = SearchValues.Create("+#\0"u8);

    /// <summary>The topic name, UTF-8; empty only in 5.0 and only with a topic alias.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    public MqttQoS QoS { get; init; }

    /// <summary>True when this may be a copy of an earlier attempt; only with QoS 1 and 2 (3.3.1.1).</summary>
    public bool Dup { get; init; }

    public bool Retain { get; init; }

    /// <summary>Zero exactly when <see cref="QoS"/> is 0.</summary>
    public ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    /// <summary>
    /// Written in front of <see cref="Properties"/>: what only this receiver gets, such as its subscription identifiers,
    /// so that a fan-out shares the rest. Empty in a packet that was read.
    /// </summary>
    public MqttProperties OwnProperties { get; init; }

    public byte Header => (byte)(
        ((int)MqttPacketType.Publish << 4) | (Dup ? 0b1000 : 0) | ((int)QoS << 1) | (Retain ? 0b0001 : 0));

    /// <summary>Reads a PUBLISH. Which side may send a subscription identifier ([MQTT-3.3.4-6]) is left to the caller.</summary>
    public static bool TryRead(MqttFrame frame, MqttVersion version, out PublishPacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);
        if (!reader.TryReadBinary(out var topic) || !Utf8.IsValid(topic))
            return false;

        if (topic.ContainsAny(NotInTopicName))
        {
            // [MQTT-3.3.2-2]: no wildcards in a topic name. [MQTT-1.5.4-2]: no U+0000 in any string.
            if (!topic.Contains((byte)0))
                reason = MqttReasonCode.TopicNameInvalid;
            return false;
        }

        // [MQTT-2.2.1-2]: no packet identifier with QoS 0.
        var qos = (MqttQoS)((frame.Header >> 1) & 0b11);
        ushort packetId = 0;
        if (qos != MqttQoS.AtMostOnce && !reader.TryReadPacketId(out packetId, ref reason))
            return false;

        if (!reader.TryReadProperties(version, PropertyOwner.Publish, out var properties, ref reason))
            return false;

        if (topic.IsEmpty && !properties.TryGetNumber(MqttPropertyId.TopicAlias, out _))
        {
            // 3.3.2.1: an empty topic without an alias is a protocol error. 3.1.1 [MQTT-4.7.3-1]: at least one character.
            reason = MqttReasonCode.ProtocolError;
            return false;
        }

        packet = new PublishPacket
        {
            Topic = topic,
            Payload = reader.Rest,
            QoS = qos,
            Dup = (frame.Header & 0b1000) != 0,
            Retain = (frame.Header & 0b0001) != 0,
            PacketId = packetId,
            Properties = properties,
        };
        reason = MqttReasonCode.Success;
        return true;
    }

    /// <summary>Gives a PUBLISH that was encoded with QoS 1 or 2 another packet identifier, in place.</summary>
    public static void StampPacketId(Span<byte> encoded, ushort packetId)
    {
        if (VariableByteInteger.Read(encoded[1..], out _, out var lengthBytes) != OperationStatus.Done)
            throw new ArgumentException("Not an encoded packet.", nameof(encoded));

        var topicAt = 1 + lengthBytes;
        var topicLength = BinaryPrimitives.ReadUInt16BigEndian(encoded[topicAt..]);
        BinaryPrimitives.WriteUInt16BigEndian(encoded[(topicAt + sizeof(ushort) + topicLength)..], packetId);
    }

    public int MeasureBody(MqttVersion version)
    {
        var length = PacketWriter.LengthOfBinary(Topic) + Payload.Length;
        if (QoS != MqttQoS.AtMostOnce)
            length += sizeof(ushort);
        if (version != MqttVersion.V311)
            length += VariableByteInteger.LengthOf(PropertyBytes) + PropertyBytes;
        return length;
    }

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WriteBinary(Topic);
        if (QoS != MqttQoS.AtMostOnce)
            writer.WritePacketId(PacketId);
        if (version != MqttVersion.V311)
        {
            writer.WriteVariableByteInteger(PropertyBytes);
            writer.WriteBytes(OwnProperties.Bytes);
            writer.WriteBytes(Properties.Bytes);
        }

        writer.WriteBytes(Payload);
    }

    private int PropertyBytes => OwnProperties.Bytes.Length + Properties.Bytes.Length;
}
