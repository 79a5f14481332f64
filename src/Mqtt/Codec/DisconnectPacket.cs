namespace OrleansIot.Mqtt.Codec;

/// <summary>DISCONNECT (3.14): the last packet of a connection. In 3.1.1 it is empty and only a client sends it.</summary>
public readonly ref struct DisconnectPacket : IMqttPacket
{
    public MqttReasonCode ReasonCode { get; init; }

    public MqttProperties Properties { get; init; }

    public byte Header => (int)MqttPacketType.Disconnect << 4;

    public static bool TryRead(MqttFrame frame, MqttVersion version, out DisconnectPacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);

        // 3.14.2.1: an empty body means normal disconnection, and a body of one byte has no properties.
        byte code = 0;
        MqttProperties properties = default;
        if (version != MqttVersion.V311 && reader.TryReadByte(out code))
        {
            if (!ReasonCodeRules.IsAllowed((MqttReasonCode)code, MqttPacketType.Disconnect))
            {
                reason = MqttReasonCode.ProtocolError;
                return false;
            }

            if (!reader.IsAtEnd && !reader.TryReadProperties(version, PropertyOwner.Disconnect, out properties, ref reason))
                return false;
        }

        if (!reader.IsAtEnd)
            return false;

        packet = new DisconnectPacket { ReasonCode = (MqttReasonCode)code, Properties = properties };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) => IsEmpty(version) ? 0 : 1 + PropertiesLength(version);

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        if (IsEmpty(version))
            return;

        writer.WriteByte((byte)ReasonCode);
        if (!Properties.IsEmpty)
            writer.WriteProperties(Properties, version);
    }

    private int PropertiesLength(MqttVersion version) =>
        Properties.IsEmpty ? 0 : PacketWriter.LengthOfProperties(Properties, version);

    private bool IsEmpty(MqttVersion version) =>
        version == MqttVersion.V311 || (ReasonCode == MqttReasonCode.Success && Properties.IsEmpty);
}
