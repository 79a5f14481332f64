using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>A connection could not be made.</summary>
public sealed class MqttConnectException : Exception
{
    private bool _isUntrusted;

    internal MqttConnectException(MqttReasonCode reason, string? said)
        : base($"The server refused the connection: {reason}{(said is null ? "" : $" ({said})")}.") => ReasonCode = reason;

    internal MqttConnectException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>TLS came to nothing: a file that cannot be used, or a server that is not whom its certificate should name.</summary>
    internal static MqttConnectException Untrusted(string host, Exception cause) =>
        new($"TLS with {host} failed: {cause.Message}", cause) { _isUntrusted = true };

    /// <summary>What CONNACK said, in the terms of 5.0; null when none came.</summary>
    public MqttReasonCode? ReasonCode { get; }

    /// <summary>Whether trying again, with nothing changed, may succeed.</summary>
    public bool IsTransient => !_isUntrusted && ReasonCode is null or MqttReasonCode.UnspecifiedError
        or MqttReasonCode.ServerUnavailable or MqttReasonCode.ServerBusy or MqttReasonCode.ServerShuttingDown or MqttReasonCode.UseAnotherServer
        or MqttReasonCode.QuotaExceeded or MqttReasonCode.ConnectionRateExceeded;
}
