namespace OrleansIot.Mqtt.Client;

/// <summary>
/// Deals with one received message. Messages come one at a time and in order; a QoS 1 or 2 message is acknowledged when its
/// handlers have returned. An exception ends the connection: only the handler knows whether its message may be skipped.
/// </summary>
public delegate ValueTask MqttMessageHandler(MqttMessage message, CancellationToken cancellation);
