namespace OrleansIot.Mqtt.Client;

/// <summary>What becomes of a publish that finds the queue full while there is no connection.</summary>
public enum MqttQueueFullMode
{
    /// <summary>Its call waits for room.</summary>
    Wait,

    /// <summary>Its call fails with <see cref="MqttNotSent.QueueFull"/>.</summary>
    Refuse,

    /// <summary>It takes the place of the oldest, whose call fails with <see cref="MqttNotSent.Dropped"/>.</summary>
    DropOldest,
}
