using OrleansIot.Mqtt.Client;

namespace OrleansIot.DeviceAgent;

/// <summary>What the agent's loop hears of.</summary>
internal abstract record AgentEvent
{
    private AgentEvent()
    {
    }

    public sealed record SampleDue : AgentEvent;

    public sealed record ConnectionChanged(MqttConnectionChange Change) : AgentEvent;

    /// <summary>A message has left the agent's hands; <paramref name="Failure"/> is null when the broker has it.</summary>
    public sealed record Answered(long Number, byte[] Message, Exception? Failure) : AgentEvent;

    /// <summary>The broker has been left alone for long enough.</summary>
    public sealed record PauseOver : AgentEvent;
}
