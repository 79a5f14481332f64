namespace OrleansIot.Mqtt.Codec;

/// <summary>When a subscription of 5.0 is sent the retained messages it matches (3.8.3.1). The value 3 is a protocol error.</summary>
public enum RetainHandling : byte
{
    SendOnSubscribe = 0,
    SendOnNewSubscribe = 1,
    DoNotSend = 2,
}
