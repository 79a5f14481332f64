namespace OrleansIot.Mqtt.Codec;

/// <summary>AUTH (3.15): a step of enhanced authentication. It does not exist in 3.1.1.</summary>
public readonly ref struct AuthPacket : IMqttPacket
{
    public MqttReasonCode ReasonCode { get; init; }

    public MqttProperties Properties { get; init; }

    public byte Header => (int)MqttPacketType.Auth << 4;

    public static bool TryRead(MqttFrame frame, MqttVersion version, out AuthPacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);

        // 3.1.1, 2.2.1: type 15 is reserved.
        if (version == MqttVersion.V311)
            return false;

        // 3.15.2.1: an empty body means success.
        byte code = 0;
        MqttProperties properties = default;
        if (reader.TryReadByte(out code))
        {
            if (!ReasonCodeRules.IsAllowed((MqttReasonCode)code, MqttPacketType.Auth))
            {
                reason = MqttReasonCode.ProtocolError;
                return false;
            }

            if (!reader.IsAtEnd && !reader.TryReadProperties(version, PropertyOwner.Auth, out properties, ref reason))
                return false;
        }

        if (!reader.IsAtEnd)
            return false;

        packet = new AuthPacket { ReasonCode = (MqttReasonCode)code, Properties = properties };
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
