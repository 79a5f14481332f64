using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>What became of the connection.</summary>
public abstract record MqttConnectionChange
{
    private MqttConnectionChange()
    {
    }

    /// <summary>The server accepted the connection.</summary>
    /// <param name="SessionPresent">Whether the server still knew this client's session.</param>
    public sealed record Connected(bool SessionPresent) : MqttConnectionChange;

    /// <summary>The connection could not be made; with <paramref name="RetryAfter"/> null there is no further attempt.</summary>
    public sealed record Refused(MqttConnectException Cause, TimeSpan? RetryAfter) : MqttConnectionChange;

    /// <summary>The connection ended; with <paramref name="RetryAfter"/> null there is no further attempt.</summary>
    public sealed record Closed(MqttClosure Closure, TimeSpan? RetryAfter) : MqttConnectionChange;

    /// <summary>The server granted one of <see cref="MqttClientOptions.Subscriptions"/>.</summary>
    public sealed record SubscriptionGranted(string Filter, MqttQoS QoS) : MqttConnectionChange;

    /// <summary>
    /// The server does not grant one of <see cref="MqttClientOptions.Subscriptions"/>, which is asked for again on the next
    /// connection; or, after a reconnect, no longer a subscription it once granted, whose handler hears nothing more.
    /// </summary>
    public sealed record SubscriptionLost(string Filter, MqttReasonCode Reason) : MqttConnectionChange;
}
