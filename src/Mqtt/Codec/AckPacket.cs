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
        if (!reader.TryReadPacketId(out var packetId, ref reason))
            return false;

        // 3.4.2.1: with nothing after the identifier the reason is success.
        byte code = 0;
        MqttProperties properties = default;
        if (version != MqttVersion.V311 && reader.TryReadByte(out code))
        {
            if (!ReasonCodeRules.IsAllowed((MqttReasonCode)code, frame.Type))
            {
                reason = MqttReasonCode.ProtocolError;
                return false;
            }

            // 3.4.2.2.1: a remaining length below 4 means there are no properties.
            if (!reader.IsAtEnd
                && !reader.TryReadProperties(version, (PropertyOwner)(1 << (int)frame.Type), out properties, ref reason))
                return false;
        }

        if (!reader.IsAtEnd)
            return false;

        packet = new AckPacket { Type = frame.Type, PacketId = packetId, ReasonCode = (MqttReasonCode)code, Properties = properties };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version)
    {
        if (IsShort(version))
            return sizeof(ushort);

        return sizeof(ushort) + 1 + (Properties.IsEmpty ? 0 : PacketWriter.LengthOfProperties(Properties, version));
    }

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WritePacketId(PacketId);
        if (IsShort(version))
            return;

        writer.WriteByte((byte)ReasonCode);
        if (!Properties.IsEmpty)
            writer.WriteProperties(Properties, version);
    }

    private bool IsShort(MqttVersion version) =>
        version == MqttVersion.V311 || (ReasonCode == MqttReasonCode.Success && Properties.IsEmpty);
}
