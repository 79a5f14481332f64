using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>The server answered a publish, subscribe or unsubscribe with a failure, or its CONNACK ruled the call out.</summary>
public sealed class MqttRefusedException : Exception
{
    internal MqttRefusedException(MqttReasonCode reason, string topic)
        : base($"The server refused '{topic}': {reason}.") => ReasonCode = reason;

    public MqttReasonCode ReasonCode { get; }

    /// <summary>Whether trying again, with nothing changed, may succeed.</summary>
    // 0x80 gives no reason, so none that would rule it out: a server whose store takes no writes for a while has no other code.
    public bool IsTransient => ReasonCode is MqttReasonCode.UnspecifiedError or MqttReasonCode.QuotaExceeded or MqttReasonCode.ServerBusy;
}
