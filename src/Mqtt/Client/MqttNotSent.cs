namespace OrleansIot.Mqtt.Client;

/// <summary>Why a message never left the client.</summary>
public enum MqttNotSent
{
    /// <summary>There was no room for it: <see cref="MqttQueueOptions.MaxMessages"/>, <see cref="MqttQueueOptions.MaxBytes"/>.</summary>
    QueueFull,

    /// <summary>It made room for a newer one: <see cref="MqttQueueFullMode.DropOldest"/>.</summary>
    Dropped,

    /// <summary>Its <see cref="MqttMessage.Expiry"/> passed while it waited.</summary>
    Expired,

    /// <summary>It has QoS 0, and there was no connection: <see cref="MqttQueueOptions.KeepsQoS0"/>.</summary>
    NotConnected,
}
