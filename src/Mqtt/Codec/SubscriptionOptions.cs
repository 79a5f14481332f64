namespace OrleansIot.Mqtt.Codec;

/// <summary>What a subscriber asks for along with a filter (3.8.3.1); 3.1.1 knows only the QoS.</summary>
/// <param name="QoS">The highest QoS at which the server may send.</param>
/// <param name="NoLocal">Do not send me what I published myself.</param>
/// <param name="RetainAsPublished">Keep the publisher's retain flag on live messages.</param>
/// <param name="RetainHandling">Whether retained messages follow the subscription.</param>
public readonly record struct SubscriptionOptions(
    MqttQoS QoS,
    bool NoLocal = false,
    bool RetainAsPublished = false,
    RetainHandling RetainHandling = RetainHandling.SendOnSubscribe)
{
    public byte ToByte() => (byte)(
        (int)QoS | (NoLocal ? 0b0100 : 0) | (RetainAsPublished ? 0b1000 : 0) | ((int)RetainHandling << 4));

    public static SubscriptionOptions FromByte(byte value) =>
        new((MqttQoS)(value & 0b11), (value & 0b0100) != 0, (value & 0b1000) != 0, (RetainHandling)((value >> 4) & 0b11));

    internal static bool IsValid(byte value, MqttVersion version, ref MqttReasonCode reason)
    {
        // [MQTT-3.8.3-5] (3.1.1: [MQTT-3.8.3-4]): reserved bits are 0.
        var reserved = version == MqttVersion.V311 ? 0b1111_1100 : 0b1100_0000;
        if ((value & reserved) != 0)
            return false;

        // 3.8.3.1: QoS 3 and retain handling 3 are protocol errors.
        if ((value & 0b11) != 0b11 && (value & 0b11_0000) != 0b11_0000)
            return true;

        reason = MqttReasonCode.ProtocolError;
        return false;
    }
}
