namespace OrleansIot.Mqtt.Codec;

/// <summary>Where a property section stands; each bit but the will's is that of the packet type.</summary>
[Flags]
internal enum PropertyOwner
{
    None = 0,
    Will = 1,
    Connect = 1 << MqttPacketType.Connect,
    ConnAck = 1 << MqttPacketType.ConnAck,
    Publish = 1 << MqttPacketType.Publish,
    PubAck = 1 << MqttPacketType.PubAck,
    PubRec = 1 << MqttPacketType.PubRec,
    PubRel = 1 << MqttPacketType.PubRel,
    PubComp = 1 << MqttPacketType.PubComp,
    Subscribe = 1 << MqttPacketType.Subscribe,
    SubAck = 1 << MqttPacketType.SubAck,
    Unsubscribe = 1 << MqttPacketType.Unsubscribe,
    UnsubAck = 1 << MqttPacketType.UnsubAck,
    Disconnect = 1 << MqttPacketType.Disconnect,
    Auth = 1 << MqttPacketType.Auth,

    AnyReply = ConnAck | PubAck | PubRec | PubRel | PubComp | SubAck | UnsubAck | Disconnect | Auth,
    Anything = AnyReply | Will | Connect | Publish | Subscribe | Unsubscribe,
}
