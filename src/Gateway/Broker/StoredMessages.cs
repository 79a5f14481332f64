using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>From what is stored to what the broker works with.</summary>
internal static class StoredMessages
{
    public static BrokeredMessage Message(StoredMessage stored, TimeProvider time)
    {
        uint? secondsLeft = null;
        if (stored.ExpiresAt is { } at)
            secondsLeft = (uint)Math.Clamp(Math.Ceiling((at.ToDateTimeOffset() - time.GetUtcNow()).TotalSeconds), 0, uint.MaxValue);

        var body = PublishBody.Restore(stored.Topic.Span, stored.Properties.Span, stored.Payload.Span, secondsLeft);
        return new BrokeredMessage(body, (MqttQoS)stored.QoS, stored.Retain, time.GetTimestamp());
    }

    public static WillMessage Will(StoredWill stored)
    {
        var message = stored.Message;
        uint? expiry = message.ExpiresAt is { } at ? (uint)Math.Max(0, (at - stored.At).TotalSeconds) : null;
        var body = PublishBody.Restore(message.Topic.Span, message.Properties.Span, message.Payload.Span, expiry);
        return new WillMessage(body, (MqttQoS)message.QoS, message.Retain);
    }

    /// <summary>Null for a filter that is none to us.</summary>
    public static Subscription? Subscription(ClientSession session, StoredSubscription stored) =>
        TopicFilter.TryParse(stored.Filter, out var filter)
            ? new Subscription(session, filter, SubscriptionOptions.FromByte(stored.Options), stored.Identifier is { } id ? [id] : [])
            : null;

    public static OutboundPublish Owed(ClientSession session, StoredOwed stored, TimeProvider time)
    {
        var delivery = stored.Delivery;
        var source = delivery.SubscriptionIds.Count == 0 ? null : new Subscription(session, AnyFilter, default, [.. delivery.SubscriptionIds]);
        return new OutboundPublish(Message(stored.Message, time), source, (MqttQoS)delivery.QoS, delivery.Retain, delivery.Number);
    }

    // Which filter a delivery answered is not stored; it is not sent either.
    private static readonly TopicFilter AnyFilter = TopicFilter.Parse("#");
}
