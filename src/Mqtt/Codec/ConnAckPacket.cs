namespace OrleansIot.Mqtt.Codec;

/// <summary>CONNACK (3.2). The reason is always one of 5.0's; in 3.1.1 it travels as a return code, see <see cref="ConnectReturnCode"/>.</summary>
public readonly ref struct ConnAckPacket : IMqttPacket
{
    private const int SessionPresentFlag = 0x01;

    public bool SessionPresent { get; init; }

    public MqttReasonCode ReasonCode { get; init; }

    public MqttProperties Properties { get; init; }

    public byte Header => (int)MqttPacketType.ConnAck << 4;

    public static bool TryRead(MqttFrame frame, MqttVersion version, out ConnAckPacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);

        // [MQTT-3.2.2-1]: all acknowledge flags but session present are 0.
        if (!reader.TryReadByte(out var flags) || (flags & ~SessionPresentFlag) != 0 || !reader.TryReadByte(out var code))
            return false;

        var said = (MqttReasonCode)code;
        var isKnown = version == MqttVersion.V311
            ? ConnectReturnCode.TryToReason(code, out said)
            : ReasonCodeRules.IsAllowed(said, MqttPacketType.ConnAck);

        // [MQTT-3.2.2-6] (3.1.1: -4): a refusal has no session.
        if (!isKnown || (flags != 0 && said != MqttReasonCode.Success))
        {
            reason = MqttReasonCode.ProtocolError;
            return false;
        }

        if (!reader.TryReadProperties(version, PropertyOwner.ConnAck, out var properties, ref reason))
            return false;

        if (!reader.IsAtEnd)
            return false;

        packet = new ConnAckPacket { SessionPresent = flags != 0, ReasonCode = said, Properties = properties };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) => 2 + PacketWriter.LengthOfProperties(Properties, version);

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WriteByte((byte)(SessionPresent ? SessionPresentFlag : 0));
        writer.WriteByte(version == MqttVersion.V311
            ? ConnectReturnCode.FromReason(ReasonCode)
                ?? throw new ArgumentException($"3.1.1 has no return code for {ReasonCode}: close without a CONNACK ([MQTT-3.2.2-6]).")
            : (byte)ReasonCode);
        writer.WriteProperties(Properties, version);
    }
}
