namespace OrleansIot.Mqtt.Codec;

/// <summary>PINGREQ and PINGRESP (3.12, 3.13): two bytes, no body.</summary>
public readonly struct PingPacket : IMqttPacket
{
    private readonly MqttPacketType _type;

    private PingPacket(MqttPacketType type) => _type = type;

    public static PingPacket Request => new(MqttPacketType.PingReq);

    public static PingPacket Response => new(MqttPacketType.PingResp);

    public byte Header => (byte)((int)_type << 4);

    /// <summary>Checks that the ping has no body.</summary>
    public static bool TryRead(MqttFrame frame, out PingPacket packet, out MqttReasonCode reason)
    {
        packet = new PingPacket(frame.Type);
        reason = frame.Body.IsEmpty ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
        return frame.Body.IsEmpty;
    }

    public int MeasureBody(MqttVersion version) => 0;

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
    }
}
