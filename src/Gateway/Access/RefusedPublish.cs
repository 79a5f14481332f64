namespace OrleansIot.Gateway.Access;

/// <summary>What a client of 3.1.1 sees of a message that it may not publish; in 5.0 PUBACK tells it.</summary>
public enum RefusedPublish
{
    /// <summary>The message is acknowledged and dropped (3.1.1 [MQTT-3.3.5-2]).</summary>
    Acknowledge,

    /// <summary>The connection is closed, as AWS IoT Core does.</summary>
    Disconnect,
}
