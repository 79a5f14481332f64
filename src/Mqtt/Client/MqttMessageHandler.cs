namespace OrleansIot.Mqtt.Client;

/// <summary>
/// Deals with one received message. Messages come in order, and one at a time unless <see cref="MqttClientOptions.MaxConcurrentHandlers"/>
/// says otherwise. A QoS 1 or 2 message is acknowledged when the handler's task has completed. When it fails there is no
/// acknowledgement, and the connection ends: only the handler knows whether its message may be skipped. With
/// <see cref="MqttClientOptions.Reconnect"/> and a persistent session (<see cref="MqttClientOptions.CleanStart"/> false) the server
/// sends the message again on the next connection.
/// </summary>
public delegate ValueTask MqttMessageHandler(MqttMessage message, CancellationToken cancellation);
