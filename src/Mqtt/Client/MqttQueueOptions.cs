namespace OrleansIot.Mqtt.Client;

/// <summary>What a client holds that it has not sent yet, because it is not connected or the server is slower than its callers.</summary>
public sealed class MqttQueueOptions
{
    /// <summary>How many messages may wait to be sent. Default 1,024.</summary>
    // Some minutes of a device that speaks several times a second, and a burst that a service writes without waiting.
    public int MaxMessages { get; init; } = 1_024;

    /// <summary>Bytes of topics, properties and payloads that may wait to be sent. Default 16 MiB.</summary>
    // Sixteen KiB for each of the default number; a machine that runs an agent has it to spare.
    public long MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>What happens to a publish that finds no room while there is no connection; while there is one it waits. Default Wait.</summary>
    public MqttQueueFullMode WhenFull { get; init; } = MqttQueueFullMode.Wait;

    /// <summary>Whether QoS 0 messages wait for a connection too. Default false: their calls fail at once.</summary>
    // At most once says that the sender would rather lose a message than hear of it late.
    public bool KeepsQoS0 { get; init; }
}
