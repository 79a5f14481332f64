namespace OrleansIot.Mqtt.Client;

/// <summary>The message a server publishes when this client vanishes without a DISCONNECT (3.1.2.5).</summary>
public sealed record MqttWill : MqttMessage
{
    /// <summary>How long the server waits for the client to come back first (3.1.3.2.2).</summary>
    public TimeSpan Delay { get; init; }
}
