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

        if (!ReasonTail.TryRead(ref reader, version, MqttPacketType.Disconnect, out var code, out var properties, ref reason))
            return false;

        packet = new DisconnectPacket { ReasonCode = code, Properties = properties };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) => ReasonTail.Measure(ReasonCode, Properties, version);

    public void WriteBody(ref PacketWriter writer, MqttVersion version) => ReasonTail.Write(ref writer, ReasonCode, Properties, version);
}
