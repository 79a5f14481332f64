using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>What the server publishes for a client that ends without saying goodbye (3.1.2.5). Its delay interval is not waited for yet.</summary>
internal sealed record WillMessage(PublishBody Body, MqttQoS QoS, bool Retain);
