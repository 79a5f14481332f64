using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>The server answered a publish, subscribe or unsubscribe with a failure, or its CONNACK ruled the call out.</summary>
public sealed class MqttRefusedException : Exception
{
    internal MqttRefusedException(MqttReasonCode reason, string topic)
        : base($"The server refused '{topic}': {reason}.") => ReasonCode = reason;

    public MqttReasonCode ReasonCode { get; }

    /// <summary>Whether trying again, with nothing changed, may succeed.</summary>
    public bool IsTransient => ReasonCode is MqttReasonCode.QuotaExceeded or MqttReasonCode.ServerBusy;
}
