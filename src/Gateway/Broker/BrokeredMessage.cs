using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Broker;

/// <summary>
/// A message between its publisher and its subscribers, who share one copy of its bytes: what a delivery adds is written in
/// front of them straight into the subscriber's socket buffer.
/// </summary>
/// <param name="Body">Topic, payload and the properties that are passed on.</param>
/// <param name="QoS">As published.</param>
/// <param name="Retain">As published.</param>
/// <param name="ReceivedTimestamp">From <see cref="TimeProvider.GetTimestamp"/>; what is left of the expiry interval counts from here.</param>
internal sealed record BrokeredMessage(PublishBody Body, MqttQoS QoS, bool Retain, long ReceivedTimestamp)
{
    /// <summary>What it counts as in a bounded queue or store: the bytes, and roughly the objects around them.</summary>
    public int Size { get; } = Body.Topic.Length + Body.Properties.Bytes.Length + Body.Payload.Length + 128;

    /// <summary>Seconds the message has left to live; null where it lives for ever, 0 where it is over ([MQTT-3.3.2-5], [MQTT-3.3.2-6]).</summary>
    public uint? SecondsLeft(TimeProvider time)
    {
        if (Body.MessageExpiryInterval is not { } interval)
            return null;

        var waited = time.GetElapsedTime(ReceivedTimestamp).TotalSeconds;
        return waited >= interval ? 0 : (uint)Math.Ceiling(interval - waited);
    }
}
