namespace OrleansIot.Mqtt.Codec;

/// <summary>SUBSCRIBE (3.8).</summary>
public readonly ref struct SubscribePacket : IMqttPacket
{
    public required ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    public SubscriptionList Subscriptions { get; init; }

    // [MQTT-3.8.1-1]: the reserved bits are 0010.
    public byte Header => ((int)MqttPacketType.Subscribe << 4) | 0b0010;

    public static bool TryRead(MqttFrame frame, MqttVersion version, out SubscribePacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);
        if (!reader.TryReadPacketId(out var packetId, ref reason)
            || !reader.TryReadProperties(version, PropertyOwner.Subscribe, out var properties, ref reason)
            || !SubscriptionList.IsValid(reader.Rest, version, ref reason))
            return false;

        packet = new SubscribePacket { PacketId = packetId, Properties = properties, Subscriptions = new SubscriptionList(reader.Rest) };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) =>
        sizeof(ushort) + PacketWriter.LengthOfProperties(Properties, version) + Subscriptions.Bytes.Length;

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WritePacketId(PacketId);
        writer.WriteProperties(Properties, version);
        writer.WriteBytes(Subscriptions.Bytes);
    }
}
