namespace OrleansIot.Mqtt.Codec;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP (3.4-3.7): four steps of a delivery that share one layout.</summary>
public readonly ref struct AckPacket : IMqttPacket
{
    /// <summary>Which of the four this is.</summary>
    public required MqttPacketType Type { get; init; }

    public required ushort PacketId { get; init; }

    /// <summary>Always <see cref="MqttReasonCode.Success"/> in 3.1.1.</summary>
    public MqttReasonCode ReasonCode { get; init; }

    public MqttProperties Properties { get; init; }

    // [MQTT-3.6.1-1]: PUBREL's reserved bits are 0010.
    public byte Header => (byte)(((int)Type << 4) | (Type == MqttPacketType.PubRel ? 0b0010 : 0));

    public static bool TryRead(MqttFrame frame, MqttVersion version, out AckPacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);
        if (!reader.TryReadPacketId(out var packetId, ref reason)
            || !ReasonTail.TryRead(ref reader, version, frame.Type, out var code, out var properties, ref reason))
            return false;

        packet = new AckPacket { Type = frame.Type, PacketId = packetId, ReasonCode = code, Properties = properties };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) => sizeof(ushort) + ReasonTail.Measure(ReasonCode, Properties, version);

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WritePacketId(PacketId);
        ReasonTail.Write(ref writer, ReasonCode, Properties, version);
    }
}
