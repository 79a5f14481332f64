namespace OrleansIot.Mqtt.Codec;

/// <summary>Quality of service levels (4.3). The value 3 is reserved and never leaves the codec.</summary>
public enum MqttQoS : byte
{
    AtMostOnce = 0,
    AtLeastOnce = 1,
    ExactlyOnce = 2,
}
