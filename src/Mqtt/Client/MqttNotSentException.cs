namespace OrleansIot.Mqtt.Client;

/// <summary>A message was given up before it was sent: the server has not seen it.</summary>
public sealed class MqttNotSentException : Exception
{
    internal MqttNotSentException(MqttNotSent reason, string topic)
        : base($"The message to '{topic}' was not sent: {Explain(reason)}.") => Reason = reason;

    public MqttNotSent Reason { get; }

    /// <summary>Whether trying again, with nothing changed, may succeed.</summary>
    public bool IsTransient => Reason != MqttNotSent.Expired;

    private static string Explain(MqttNotSent reason) => reason switch
    {
        MqttNotSent.QueueFull => "the queue of what waits for the connection is full",
        MqttNotSent.Dropped => "the queue of what waits for the connection was full, and it was the oldest in it",
        MqttNotSent.Expired => "it expired while it waited for the connection",
        _ => "there is no connection, and QoS 0 is not kept for the next one",
    };
}
