using System.Text;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Client;

/// <summary>What callers ask of the client's loop. Commands outlive connections: those not yet sent wait for the next one.</summary>
internal abstract record ClientCommand
{
    private readonly TaskCompletionSource<MqttReasonCode> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ClientCommand()
    {
    }

    /// <summary>The server's answer, or the failure.</summary>
    public Task<MqttReasonCode> Answer => _answer.Task;

    public void Succeed(MqttReasonCode reason) => _answer.TrySetResult(reason);

    public void Fail(Exception cause)
    {
        _answer.TrySetException(cause);

        // The caller may have stopped waiting; then nobody looks at the exception and nothing is wrong with that.
        _ = _answer.Task.Exception;
    }

    public sealed record Publish(PublishBody Body, MqttQoS QoS, bool Retain) : ClientCommand
    {
        public string Topic => Encoding.UTF8.GetString(Body.Topic);
    }

    public sealed record Subscribe(TopicFilter Filter, SubscriptionOptions Options, MqttMessageHandler Handler) : ClientCommand;

    public sealed record Unsubscribe(TopicFilter Filter) : ClientCommand;
}
