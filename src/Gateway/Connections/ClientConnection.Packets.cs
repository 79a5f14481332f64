using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Telemetry;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Connections;

/// <summary>What each packet does.</summary>
internal sealed partial class ClientConnection
{
    /// <summary>Handles a packet; false when it has to wait.</summary>
    private bool TryHandle(MqttFrame frame, Arrival arrival)
    {
        switch (frame.Type)
        {
            case MqttPacketType.Publish:
                return _throttle is null ? TryPublish(frame, arrival) : _throttle.HasRoom(arrival.Timestamp) && _throttle.Count(TryPublish(frame, arrival), frame.Body.Length);
            case MqttPacketType.PubAck:
                HandlePubAck(frame);
                return true;
            case MqttPacketType.Subscribe:
                return TrySubscribe(frame);
            case MqttPacketType.Unsubscribe:
                HandleUnsubscribe(frame);
                return true;
            case MqttPacketType.PingReq:
                HandlePing(frame);
                return true;
            case MqttPacketType.Disconnect:
                HandleDisconnect(frame);
                return true;
            default:
                // [MQTT-3.1.0-2]: a second CONNECT. QoS 2 is not offered, and the rest is the server's to send.
                Close(CloseReason.ProtocolError(MqttReasonCode.ProtocolError, $"an unexpected {frame.Type} packet"));
                return true;
        }
    }

    private bool TryPublish(MqttFrame frame, Arrival arrival)
    {
        if (!PublishPacket.TryRead(frame, Version, out var publish, out var reason))
            return Refuse(reason, "an invalid PUBLISH packet");

        // [MQTT-3.2.2-11]; 3.1.1 has no way to say so beforehand.
        if (publish.QoS == MqttQoS.ExactlyOnce)
            return Refuse(MqttReasonCode.QoSNotSupported, "a message of QoS 2, and the highest here is 1");

        // [MQTT-3.2.2-14]
        if (publish.Retain && _gateway.Options.RetainedMessages == 0)
            return Refuse(MqttReasonCode.RetainNotSupported, "a retained message, and none are kept here");

        // [MQTT-3.3.2-9]: CONNACK allowed no aliases. [MQTT-3.3.4-6]: subscription identifiers are the server's to send.
        if (publish.Properties.TryGetNumber(MqttPropertyId.TopicAlias, out _))
            return Refuse(MqttReasonCode.TopicAliasInvalid, "a topic alias, and none were offered");
        if (publish.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out _))
            return Refuse(MqttReasonCode.ProtocolError, "a subscription identifier from a client");

        return _intake.TryTake(publish, Version, arrival);

        bool Refuse(MqttReasonCode code, string what)
        {
            Close(CloseReason.ProtocolError(code, what));
            return true;
        }
    }

    private void HandlePubAck(MqttFrame frame)
    {
        if (!AckPacket.TryRead(frame, Version, out var ack, out var reason))
            Close(CloseReason.ProtocolError(reason, "an invalid PUBACK packet"));
        else if (_session.Deliveries.Acknowledge(MqttPacketType.PubAck, ack.PacketId, ack.ReasonCode))
            _writer.Wake(); // more may be sent now
    }

    private bool TrySubscribe(MqttFrame frame)
    {
        _subscribing ??= Subscribe(frame);
        if (_subscribing is not { } done)
            return true;

        // SUBACK promises that what is published from now on will come, through whichever gateway.
        if (!done.Announced.IsCompleted)
            return false;

        _subscribing = null;
        _writer.Answer(new SubAckPacket { PacketId = done.PacketId, ReasonCodes = done.Answers });
        foreach (var (subscription, isNew) in done.Added)
            _gateway.Broker.DeliverRetained(subscription, isNew);
        _presence?.Subscribed(done.Added);
        return true;
    }

    /// <summary>Null when the connection is to be closed.</summary>
    private PendingSubscribe? Subscribe(MqttFrame frame)
    {
        if (!SubscribePacket.TryRead(frame, Version, out var packet, out var reason))
        {
            Close(CloseReason.ProtocolError(reason, "an invalid SUBSCRIBE packet"));
            return null;
        }

        var interest = 0L;
        uint? identifier = packet.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out var id) ? id : null;
        var answers = new List<MqttReasonCode>();
        var added = new List<(Subscription Subscription, bool IsNew)>();
        foreach (var request in packet.Subscriptions)
            answers.Add(Subscribe(request, identifier, added, ref interest));

        var announced = _gateway.Broker.Announced(interest);
        if (!announced.IsCompleted)
            announced.GetAwaiter().OnCompleted(_progress.Raise);
        return new PendingSubscribe(packet.PacketId, [.. answers], added, announced);
    }

    private MqttReasonCode Subscribe(
        SubscriptionRequest request, uint? identifier, List<(Subscription Subscription, bool IsNew)> added, ref long interest)
    {
        if (!TopicFilter.TryParse(request.Filter, out var filter))
            return MqttReasonCode.TopicFilterInvalid;
        if (!_access.MaySubscribe(filter.Utf8Bytes))
            return MqttReasonCode.NotAuthorized;
        if (filter.IsShared)
            return MqttReasonCode.SharedSubscriptionsNotSupported;

        // Retained messages for earlier filters are still on their way: they are not bounded by the queue, so the next have to wait.
        var isKnown = _session.Subscriptions.ContainsKey(filter.Text);
        if (_session.Deliveries.HasLongBacklog || (!isKnown && _session.Subscriptions.Count >= _gateway.Options.MaxSubscriptionsPerClient))
            return MqttReasonCode.QuotaExceeded;

        // 3.9.3: the granted QoS may be lower than the wanted one.
        var granted = request.Options.QoS == MqttQoS.AtMostOnce ? MqttQoS.AtMostOnce : MqttQoS.AtLeastOnce;
        var subscription = new Subscription(_session, filter, request.Options with { QoS = granted }, identifier);
        _session.Add(subscription);
        added.Add((subscription, _gateway.Broker.Subscribe(subscription, ref interest)));
        return (MqttReasonCode)granted;
    }

    private void HandleUnsubscribe(MqttFrame frame)
    {
        if (!UnsubscribePacket.TryRead(frame, Version, out var packet, out var reason))
        {
            Close(CloseReason.ProtocolError(reason, "an invalid UNSUBSCRIBE packet"));
            return;
        }

        var answers = new List<MqttReasonCode>();
        foreach (var text in packet.Filters)
            answers.Add(Unsubscribe(text));

        _writer.Answer(new UnsubAckPacket { PacketId = packet.PacketId, ReasonCodes = answers.ToArray() });
        _presence?.Unsubscribed(packet.Filters, answers);
    }

    private MqttReasonCode Unsubscribe(ReadOnlySpan<byte> text)
    {
        if (!TopicFilter.TryParse(text, out var filter))
            return MqttReasonCode.TopicFilterInvalid;
        if (!_session.Remove(filter.Text, out var subscription))
            return MqttReasonCode.NoSubscriptionExisted;

        _gateway.Broker.Unsubscribe(subscription);
        return MqttReasonCode.Success;
    }

    private void HandlePing(MqttFrame frame)
    {
        if (PingPacket.TryRead(frame, out _, out var reason))
            _writer.Answer(PingPacket.Response);
        else
            Close(CloseReason.ProtocolError(reason, "an invalid PINGREQ packet"));
    }

    private void HandleDisconnect(MqttFrame frame)
    {
        if (!DisconnectPacket.TryRead(frame, Version, out var packet, out var reason))
            Close(CloseReason.ProtocolError(reason, "an invalid DISCONNECT packet"));
        else
            Close(packet.ReasonCode == MqttReasonCode.Success ? CloseReason.Disconnected : CloseReason.DisconnectedWithWill);
    }

    /// <summary>A SUBSCRIBE that was carried out, and is to be answered once the peers know of it.</summary>
    private sealed record PendingSubscribe(
        ushort PacketId, MqttReasonCode[] Answers, List<(Subscription Subscription, bool IsNew)> Added, Task Announced);
}
