using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Broker;

/// <summary>A message on its way to one subscriber.</summary>
/// <param name="Source">The subscription that it answers.</param>
/// <param name="Number">Of the stored delivery; 0 where it is not stored.</param>
/// <param name="PacketId">0 for QoS 0, and while it waits.</param>
/// <param name="IsBacklog">A retained message owed to a new subscription: the store bounds how many there are, not the queue.</param>
/// <param name="IsRepeat">It went out on an earlier connection ([MQTT-3.3.1-1]).</param>
/// <param name="IsRelease">The client has the message, and lacks PUBREL alone.</param>
internal readonly record struct OutboundPublish(
    BrokeredMessage Message,
    Subscription? Source,
    MqttQoS QoS,
    bool Retain,
    long Number = 0,
    bool IsBacklog = false,
    ushort PacketId = 0,
    bool IsRepeat = false,
    bool IsRelease = false);
