using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Broker;

/// <summary>A message on its way to one subscriber.</summary>
/// <param name="PacketId">0 for QoS 0, and while it waits.</param>
/// <param name="IsBacklog">A retained message owed to a new subscription: the store bounds how many there are, not the queue.</param>
internal readonly record struct OutboundPublish(
    BrokeredMessage Message, MqttQoS QoS, bool Retain, uint? SubscriptionId, bool IsBacklog = false, ushort PacketId = 0);
