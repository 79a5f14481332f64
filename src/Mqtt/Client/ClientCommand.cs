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

    /// <param name="Expiry">When it is of no more interest; null: never.</param>
    /// <param name="AskedAt">From <see cref="TimeProvider.GetTimestamp"/>; the expiry counts from here.</param>
    public sealed record Publish(PublishBody Body, MqttQoS QoS, bool Retain, TimeSpan? Expiry, long AskedAt) : ClientCommand
    {
        public string Topic => Encoding.UTF8.GetString(Body.Topic);

        public int Size => Body.Topic.Length + Body.Properties.Bytes.Length + Body.Payload.Length;

        public bool HasExpired(TimeProvider time) => Expiry is { } expiry && time.GetElapsedTime(AskedAt) >= expiry;

        /// <summary>Whole seconds left to live; null where it lives for ever.</summary>
        // At least 1: what was sent once has to be sent again ([MQTT-4.4.0-1]) though it is over, and some servers take 0 for "for ever".
        public uint? SecondsLeft(TimeProvider time) => Body.MessageExpiryInterval is null || Expiry is not { } expiry
            ? null
            : Math.Max(1, MessageCoding.Seconds(expiry - time.GetElapsedTime(AskedAt)));
    }

    /// <param name="IsDeclared">From <see cref="MqttClientOptions.Subscriptions"/>: it stays, granted or not.</param>
    public sealed record Subscribe(TopicFilter Filter, SubscriptionOptions Options, MqttMessageHandler Handler, bool IsDeclared = false) : ClientCommand
    {
        /// <summary>The server granted it, in the session it had then.</summary>
        public bool IsGranted { get; set; }
    }

    public sealed record Unsubscribe(TopicFilter Filter) : ClientCommand;
}
