using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>A subscription that stands from before the first connection, so that what a server kept for this client finds its handler.</summary>
public sealed record MqttSubscription(string Filter, SubscriptionOptions Options, MqttMessageHandler Handler);
