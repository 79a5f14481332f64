namespace OrleansIot.Mqtt.Codec;

/// <summary>UNSUBSCRIBE (3.10).</summary>
public readonly ref struct UnsubscribePacket : IMqttPacket
{
    public required ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    public TopicFilterList Filters { get; init; }

    // [MQTT-3.10.1-1]: the reserved bits are 0010.
    public byte Header => ((int)MqttPacketType.Unsubscribe << 4) | 0b0010;

    public static bool TryRead(MqttFrame frame, MqttVersion version, out UnsubscribePacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);
        if (!reader.TryReadPacketId(out var packetId, ref reason)
            || !reader.TryReadProperties(version, PropertyOwner.Unsubscribe, out var properties, ref reason)
            || !TopicFilterList.IsValid(reader.Rest, ref reason))
            return false;

        packet = new UnsubscribePacket { PacketId = packetId, Properties = properties, Filters = new TopicFilterList(reader.Rest) };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) =>
        sizeof(ushort) + PacketWriter.LengthOfProperties(Properties, version) + Filters.Bytes.Length;

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WritePacketId(PacketId);
        writer.WriteProperties(Properties, version);
        writer.WriteBytes(Filters.Bytes);
    }
}
