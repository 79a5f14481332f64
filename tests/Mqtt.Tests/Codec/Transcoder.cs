using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Tests.Codec;

/// <summary>Reads any packet, and writes it again: what a reader and its writer disagree on shows up as different bytes.</summary>
internal static class Transcoder
{
    /// <summary>Reads a packet and all that it lists.</summary>
    public static bool TryRead(MqttFrame frame, MqttVersion version, out MqttReasonCode reason)
    {
        switch (frame.Type)
        {
            case MqttPacketType.Connect:
                return ConnectPacket.TryRead(frame, out var connect, out _, out reason) && Walk(connect.Properties) && Walk(connect.WillProperties);
            case MqttPacketType.ConnAck:
                return ConnAckPacket.TryRead(frame, version, out var connAck, out reason) && Walk(connAck.Properties);
            case MqttPacketType.Publish:
                return PublishPacket.TryRead(frame, version, out var publish, out reason) && Walk(publish.Properties);
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                return AckPacket.TryRead(frame, version, out var ack, out reason) && Walk(ack.Properties);
            case MqttPacketType.Subscribe:
                return SubscribePacket.TryRead(frame, version, out var subscribe, out reason) && Walk(subscribe.Properties) && Walk(subscribe.Subscriptions);
            case MqttPacketType.SubAck:
                return SubAckPacket.TryRead(frame, version, out var subAck, out reason) && Walk(subAck.Properties);
            case MqttPacketType.Unsubscribe:
                return UnsubscribePacket.TryRead(frame, version, out var unsubscribe, out reason) && Walk(unsubscribe.Properties) && Walk(unsubscribe.Filters);
            case MqttPacketType.UnsubAck:
                return UnsubAckPacket.TryRead(frame, version, out var unsubAck, out reason) && Walk(unsubAck.Properties);
            case MqttPacketType.PingReq or MqttPacketType.PingResp:
                return PingPacket.TryRead(frame, out _, out reason);
            case MqttPacketType.Disconnect:
                return DisconnectPacket.TryRead(frame, version, out var disconnect, out reason) && Walk(disconnect.Properties);
            case MqttPacketType.Auth:
                return AuthPacket.TryRead(frame, version, out var auth, out reason) && Walk(auth.Properties);
            default:
                throw new ArgumentOutOfRangeException(nameof(frame), frame.Type, "The frame reader lets no such type through.");
        }
    }

    /// <summary>The packet as it is written; null when it does not read.</summary>
    public static byte[]? TryTranscode(MqttFrame frame, MqttVersion version, out MqttReasonCode reason)
    {
        switch (frame.Type)
        {
            case MqttPacketType.Connect:
                return ConnectPacket.TryRead(frame, out var connect, out version, out reason) ? Wire.Encode(connect, version) : null;
            case MqttPacketType.ConnAck:
                return ConnAckPacket.TryRead(frame, version, out var connAck, out reason) ? Wire.Encode(connAck, version) : null;
            case MqttPacketType.Publish:
                return PublishPacket.TryRead(frame, version, out var publish, out reason) ? Wire.Encode(publish, version) : null;
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                return AckPacket.TryRead(frame, version, out var ack, out reason) ? Wire.Encode(ack, version) : null;
            case MqttPacketType.Subscribe:
                return SubscribePacket.TryRead(frame, version, out var subscribe, out reason) ? Wire.Encode(subscribe, version) : null;
            case MqttPacketType.SubAck:
                return SubAckPacket.TryRead(frame, version, out var subAck, out reason) ? Wire.Encode(subAck, version) : null;
            case MqttPacketType.Unsubscribe:
                return UnsubscribePacket.TryRead(frame, version, out var unsubscribe, out reason) ? Wire.Encode(unsubscribe, version) : null;
            case MqttPacketType.UnsubAck:
                return UnsubAckPacket.TryRead(frame, version, out var unsubAck, out reason) ? Wire.Encode(unsubAck, version) : null;
            case MqttPacketType.PingReq or MqttPacketType.PingResp:
                return PingPacket.TryRead(frame, out var ping, out reason) ? Wire.Encode(ping, version) : null;
            case MqttPacketType.Disconnect:
                return DisconnectPacket.TryRead(frame, version, out var disconnect, out reason) ? Wire.Encode(disconnect, version) : null;
            case MqttPacketType.Auth:
                return AuthPacket.TryRead(frame, version, out var auth, out reason) ? Wire.Encode(auth, version) : null;
            default:
                throw new ArgumentOutOfRangeException(nameof(frame), frame.Type, "The frame reader lets no such type through.");
        }
    }

    private static bool Walk(MqttProperties properties)
    {
        foreach (var property in properties)
            _ = property.Id;
        return true;
    }

    private static bool Walk(SubscriptionList subscriptions)
    {
        foreach (var request in subscriptions)
            _ = request.Options;
        return true;
    }

    private static bool Walk(TopicFilterList filters)
    {
        foreach (var filter in filters)
            _ = filter.Length;
        return true;
    }
}
