using System.Runtime.InteropServices;

namespace OrleansIot.Mqtt.Codec;

/// <summary>UNSUBACK (3.11): in 5.0 one reason code per filter, in the order of the UNSUBSCRIBE ([MQTT-3.11.3-1]); none in 3.1.1.</summary>
public readonly ref struct UnsubAckPacket : IMqttPacket
{
    public required ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    /// <summary>Empty in 3.1.1, and not written there.</summary>
    public ReadOnlySpan<MqttReasonCode> ReasonCodes { get; init; }

    public byte Header => (int)MqttPacketType.UnsubAck << 4;

    public static bool TryRead(MqttFrame frame, MqttVersion version, out UnsubAckPacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);
        if (!reader.TryReadPacketId(out var packetId, ref reason)
            || !reader.TryReadProperties(version, PropertyOwner.UnsubAck, out var properties, ref reason)
            || reader.IsAtEnd != (version == MqttVersion.V311))
            return false;

        var codes = MemoryMarshal.Cast<byte, MqttReasonCode>(reader.Rest);
        foreach (var code in codes)
        {
            if (!ReasonCodeRules.IsAllowed(code, MqttPacketType.UnsubAck))
            {
                reason = MqttReasonCode.ProtocolError;
                return false;
            }
        }

        packet = new UnsubAckPacket { PacketId = packetId, Properties = properties, ReasonCodes = codes };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) => version == MqttVersion.V311
        ? sizeof(ushort)
        : sizeof(ushort) + PacketWriter.LengthOfProperties(Properties, version) + ReasonCodes.Length;

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WritePacketId(PacketId);
        if (version == MqttVersion.V311)
            return;

        writer.WriteProperties(Properties, version);
        writer.WriteBytes(MemoryMarshal.AsBytes(ReasonCodes));
    }
}
