using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>A connection could not be made.</summary>
public sealed class MqttConnectException : Exception
{
    internal MqttConnectException(MqttReasonCode reason, string? said)
        : base($"The server refused the connection: {reason}{(said is null ? "" : $" ({said})")}.") => ReasonCode = reason;

    internal MqttConnectException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>What CONNACK said, in the terms of 5.0; null when none came.</summary>
    public MqttReasonCode? ReasonCode { get; }

    /// <summary>Whether trying again, with nothing changed, may succeed.</summary>
    public bool IsTransient => ReasonCode is null or MqttReasonCode.UnspecifiedError or MqttReasonCode.ServerUnavailable
        or MqttReasonCode.ServerBusy or MqttReasonCode.QuotaExceeded or MqttReasonCode.ConnectionRateExceeded;
}
