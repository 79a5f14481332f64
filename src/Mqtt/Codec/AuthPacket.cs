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

        if (!ReasonTail.TryRead(ref reader, version, MqttPacketType.Auth, out var code, out var properties, ref reason))
            return false;

        packet = new AuthPacket { ReasonCode = code, Properties = properties };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) => ReasonTail.Measure(ReasonCode, Properties, version);

    public void WriteBody(ref PacketWriter writer, MqttVersion version) => ReasonTail.Write(ref writer, ReasonCode, Properties, version);
}
