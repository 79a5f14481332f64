namespace OrleansIot.Mqtt.Codec;

/// <summary>
/// The end that the acknowledgements of a PUBLISH, DISCONNECT and AUTH share: a reason code, then properties. In 5.0 both are
/// left out where they say nothing (3.4.2.1, 3.14.2.1, 3.15.2.1); 3.1.1 has neither.
/// </summary>
internal static class ReasonTail
{
    public static bool TryRead(
        scoped ref PacketReader reader, MqttVersion version, MqttPacketType packet, out MqttReasonCode code, out MqttProperties properties, scoped ref MqttReasonCode reason)
    {
        code = MqttReasonCode.Success;
        properties = default;
        if (version != MqttVersion.V311 && reader.TryReadByte(out var read))
        {
            code = (MqttReasonCode)read;
            if (!ReasonCodeRules.IsAllowed(code, packet))
            {
                reason = MqttReasonCode.ProtocolError;
                return false;
            }

            // 3.4.2.2.1: where nothing follows the code there are no properties.
            if (!reader.IsAtEnd && !reader.TryReadProperties(version, (PropertyOwner)(1 << (int)packet), out properties, ref reason))
                return false;
        }

        return reader.IsAtEnd;
    }

    public static int Measure(MqttReasonCode code, MqttProperties properties, MqttVersion version)
    {
        if (IsEmpty(code, properties, version))
            return 0;

        return 1 + (properties.IsEmpty ? 0 : PacketWriter.LengthOfProperties(properties, version));
    }

    public static void Write(ref PacketWriter writer, MqttReasonCode code, scoped MqttProperties properties, MqttVersion version)
    {
        if (IsEmpty(code, properties, version))
            return;

        writer.WriteByte((byte)code);
        if (!properties.IsEmpty)
            writer.WriteProperties(properties, version);
    }

    private static bool IsEmpty(MqttReasonCode code, MqttProperties properties, MqttVersion version) =>
        version == MqttVersion.V311 || (code == MqttReasonCode.Success && properties.IsEmpty);
}
