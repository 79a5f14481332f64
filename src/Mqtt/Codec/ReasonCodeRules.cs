namespace OrleansIot.Mqtt.Codec;

/// <summary>Which reason codes each packet of MQTT 5.0 may carry (2.4, table 2-6).</summary>
internal static class ReasonCodeRules
{
    public static bool IsAllowed(MqttReasonCode reason, MqttPacketType packet) => packet switch
    {
        // [MQTT-3.2.2-8]
        MqttPacketType.ConnAck => (byte)reason is 0x00 or (>= 0x80 and <= 0x8A) or 0x8C or 0x90 or 0x95 or 0x97
            or (>= 0x99 and <= 0x9D) or 0x9F,

        // [MQTT-3.4.2-1], [MQTT-3.5.2-1]
        MqttPacketType.PubAck or MqttPacketType.PubRec => (byte)reason is 0x00 or 0x10 or 0x80 or 0x83 or 0x87
            or 0x90 or 0x91 or 0x97 or 0x99,

        // [MQTT-3.6.2-1], [MQTT-3.7.2-1]
        MqttPacketType.PubRel or MqttPacketType.PubComp => (byte)reason is 0x00 or 0x92,

        // [MQTT-3.9.3-2]
        MqttPacketType.SubAck => (byte)reason is <= 0x02 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91 or 0x97 or 0x9E or 0xA1 or 0xA2,

        // [MQTT-3.11.3-2]
        MqttPacketType.UnsubAck => (byte)reason is 0x00 or 0x11 or 0x80 or 0x83 or 0x87 or 0x8F or 0x91,

        // [MQTT-3.14.2-1]
        MqttPacketType.Disconnect => (byte)reason is 0x00 or 0x04 or (>= 0x80 and <= 0x83) or 0x87 or 0x89 or 0x8B
            or (>= 0x8D and <= 0x90) or (>= 0x93 and <= 0xA2),

        // [MQTT-3.15.2-1]
        MqttPacketType.Auth => (byte)reason is 0x00 or 0x18 or 0x19,

        _ => false,
    };
}
