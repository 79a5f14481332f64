using System.Runtime.InteropServices;

namespace OrleansIot.Mqtt.Codec;

/// <summary>SUBACK (3.9): one reason code per filter, in the order of the SUBSCRIBE ([MQTT-3.8.4-6]).</summary>
public readonly ref struct SubAckPacket : IMqttPacket
{
    public required ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    /// <summary>The granted QoS, or a refusal; in 3.1.1 every refusal is 0x80.</summary>
    public ReadOnlySpan<MqttReasonCode> ReasonCodes { get; init; }

    public byte Header => (int)MqttPacketType.SubAck << 4;

    public static bool TryRead(MqttFrame frame, MqttVersion version, out SubAckPacket packet, out MqttReasonCode reason)
    {
        packet = default;
        reason = MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(frame.Body);
        if (!reader.TryReadPacketId(out var packetId, ref reason)
            || !reader.TryReadProperties(version, PropertyOwner.SubAck, out var properties, ref reason)
            || reader.IsAtEnd)
            return false;

        var codes = MemoryMarshal.Cast<byte, MqttReasonCode>(reader.Rest);
        foreach (var code in codes)
        {
            // 3.1.1 [MQTT-3.9.3-2]: codes other than 0, 1, 2 and 0x80 are reserved.
            var isAllowed = version == MqttVersion.V311
                ? code is <= MqttReasonCode.GrantedQoS2 or MqttReasonCode.UnspecifiedError
                : ReasonCodeRules.IsAllowed(code, MqttPacketType.SubAck);
            if (!isAllowed)
            {
                reason = MqttReasonCode.ProtocolError;
                return false;
            }
        }

        packet = new SubAckPacket { PacketId = packetId, Properties = properties, ReasonCodes = codes };
        reason = MqttReasonCode.Success;
        return true;
    }

    public int MeasureBody(MqttVersion version) =>
        sizeof(ushort) + PacketWriter.LengthOfProperties(Properties, version) + ReasonCodes.Length;

    public void WriteBody(ref PacketWriter writer, MqttVersion version)
    {
        writer.WritePacketId(PacketId);
        writer.WriteProperties(Properties, version);
        foreach (var code in ReasonCodes)
        {
            var isRefusal = code >= MqttReasonCode.UnspecifiedError;
            writer.WriteByte((byte)(version == MqttVersion.V311 && isRefusal ? MqttReasonCode.UnspecifiedError : code));
        }
    }
}
