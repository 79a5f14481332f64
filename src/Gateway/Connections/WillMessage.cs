using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Connections;

/// <summary>What the server publishes for a client that ends without saying goodbye (3.1.2.5).</summary>
/// <param name="DelaySeconds">How long it waits for the client to come back (3.1.3.2.2).</param>
internal sealed record WillMessage(PublishBody Body, MqttQoS QoS, bool Retain, uint DelaySeconds = 0);
