namespace OrleansIot.Mqtt.Client;

/// <summary>The connection ended before the answer came: whether the server acted on the call is unknown.</summary>
public sealed class MqttConnectionLostException : Exception
{
    internal MqttConnectionLostException(MqttClosure closure)
        : base($"The connection ended before the answer came: {closure.Reason}.", closure.Cause) => Closure = closure;

    /// <summary>How the connection ended.</summary>
    public MqttClosure Closure { get; }

    /// <summary>Trying again may succeed, except after this client's own disconnect.</summary>
    public bool IsTransient => !Closure.IsClean;
}
