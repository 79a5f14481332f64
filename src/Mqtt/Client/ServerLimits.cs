using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>What a CONNACK allows this client to do (3.2.2.3); 3.1.1 says nothing and so allows everything.</summary>
internal sealed record ServerLimits(
    bool SessionPresent,
    string? AssignedClientId,
    int ReceiveMaximum,
    MqttQoS MaximumQoS,
    bool RetainAvailable,
    uint MaximumPacketBytes,
    TimeSpan? KeepAlive)
{
    public static ServerLimits Of(ConnAckPacket packet) => new(
        packet.SessionPresent,
        MessageCoding.Text(packet.Properties, MqttPropertyId.AssignedClientIdentifier),
        (int)Number(packet.Properties, MqttPropertyId.ReceiveMaximum, ushort.MaxValue),
        (MqttQoS)Number(packet.Properties, MqttPropertyId.MaximumQoS, (uint)MqttQoS.ExactlyOnce),
        Number(packet.Properties, MqttPropertyId.RetainAvailable, 1) == 1,
        Number(packet.Properties, MqttPropertyId.MaximumPacketSize, uint.MaxValue),
        packet.Properties.TryGetNumber(MqttPropertyId.ServerKeepAlive, out var seconds) ? TimeSpan.FromSeconds(seconds) : null);

    /// <summary>Why a message cannot be sent, or <see cref="MqttReasonCode.Success"/>.</summary>
    public MqttReasonCode Judge(ClientCommand.Publish publish, int packetLength) =>
        publish.QoS > MaximumQoS ? MqttReasonCode.QoSNotSupported
        : publish.Retain && !RetainAvailable ? MqttReasonCode.RetainNotSupported
        : packetLength > MaximumPacketBytes ? MqttReasonCode.PacketTooLarge // [MQTT-3.2.2-15]
        : MqttReasonCode.Success;

    private static uint Number(MqttProperties properties, MqttPropertyId id, uint otherwise) =>
        properties.TryGetNumber(id, out var value) ? value : otherwise;
}
