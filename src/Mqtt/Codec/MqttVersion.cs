namespace OrleansIot.Mqtt.Codec;

/// <summary>The protocol levels this library speaks (3.1.2.2 Protocol Version).</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1.1.</summary>
    V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    V5 = 5,
}
