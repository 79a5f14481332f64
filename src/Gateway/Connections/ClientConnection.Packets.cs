using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Domain.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Telemetry;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Connections;

/// <summary>What each packet does.</summary>
internal sealed partial class ClientConnection
{
    private static readonly Task<bool> Done = Task.FromResult(true);

    /// <summary>Handles a packet; false when it has to wait.</summary>
    private bool TryHandle(MqttFrame frame, Arrival arrival)
    {
        switch (frame.Type)
        {
            case MqttPacketType.Publish:
                return _throttle is null ? TryPublish(frame, arrival) : _throttle.HasRoom(arrival.Timestamp) && _throttle.Count(TryPublish(frame, arrival), frame.Body.Length);
            case MqttPacketType.PubAck:
            case MqttPacketType.PubRec:
            case MqttPacketType.PubComp:
                HandleAck(frame);
                return true;
            case MqttPacketType.PubRel:
                HandlePubRel(frame);
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
                // [MQTT-3.1.0-2]: a second CONNECT. 4.12: AUTH where CONNECT named no method. The rest is the server's to send.
                Close(CloseReason.ProtocolError(MqttReasonCode.ProtocolError, $"an unexpected {frame.Type} packet"));
                return true;
        }
    }

    private bool TryPublish(MqttFrame frame, Arrival arrival)
    {
        if (!PublishPacket.TryRead(frame, Version, out var publish, out var reason))
            return Refuse(reason, "an invalid PUBLISH packet");

        // [MQTT-3.2.2-14]
        if (publish.Retain && _gateway.Options.RetainedMessages == 0)
            return Refuse(MqttReasonCode.RetainNotSupported, "a retained message, and none are kept here");

        // [MQTT-3.3.4-6]: subscription identifiers are the server's to send.
        if (publish.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out _))
            return Refuse(MqttReasonCode.ProtocolError, "a subscription identifier from a client");

        var intake = Intake();
        if (publish.QoS != MqttQoS.AtMostOnce && intake.IsOneTooMany)
            return Refuse(MqttReasonCode.ReceiveMaximumExceeded, $"more than {_gateway.Options.ReceiveMaximum} messages that are not acknowledged");

        if (publish.Properties.TryGetNumber(MqttPropertyId.TopicAlias, out var alias))
        {
            _aliases ??= new InboundAliases(_gateway.Options.TopicAliasMaximum);
            reason = _aliases.Resolve(alias, ref publish);
            if (reason != MqttReasonCode.Success)
                return Refuse(reason, $"topic alias {alias}, which was not offered or never set");
        }

        return intake.TryTake(publish, arrival);

        bool Refuse(MqttReasonCode code, string what)
        {
            Close(CloseReason.ProtocolError(code, what));
            return true;
        }
    }

    private void HandleAck(MqttFrame frame)
    {
        if (!AckPacket.TryRead(frame, Version, out var ack, out var reason))
        {
            Close(CloseReason.ProtocolError(reason, $"an invalid {frame.Type} packet"));
            return;
        }

        switch (_session.Deliveries.Acknowledge(ack.Type, ack.PacketId, ack.ReasonCode, out var number))
        {
            case AckOutcome.Finished:
                _writer.Wake(); // more may be sent now
                break;
            case AckOutcome.SendPubRel when number == 0:
                _writer.Answer(new AckPacket { Type = MqttPacketType.PubRel, PacketId = ack.PacketId });
                break;
            case AckOutcome.SendPubRel:
                // [MQTT-4.3.3-5]: PUBLISH never goes out again after PUBREL, after a restart neither.
                _gateway.Journal.Note(new SessionChange.Released(ClientId, number), new AnswerOnceStored(_writer, MqttPacketType.PubRel, ack.PacketId));
                break;
            case AckOutcome.Unexpected when ack.Type == MqttPacketType.PubRec:
                // 4.3.3: of a delivery that we know nothing of; the client may forget it too.
                _writer.Answer(new AckPacket { Type = MqttPacketType.PubRel, PacketId = ack.PacketId, ReasonCode = MqttReasonCode.PacketIdentifierNotFound });
                break;
        }
    }

    private void HandlePubRel(MqttFrame frame)
    {
        if (!AckPacket.TryRead(frame, Version, out var ack, out var reason))
        {
            Close(CloseReason.ProtocolError(reason, "an invalid PUBREL packet"));
            return;
        }

        // [MQTT-4.3.3-11]: PUBCOMP in any case, so that the client is done.
        var code = _session.Inbound?.Release(ack.PacketId) == true ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound;
        if (code == MqttReasonCode.Success && _session.IsDurable)
        {
            // The client gives the identifier to another message then, which must not be taken for a copy after a restart.
            _gateway.Journal.Note(new SessionChange.Completed(ClientId, ack.PacketId), new AnswerOnceStored(_writer, MqttPacketType.PubComp, ack.PacketId));
            return;
        }

        _writer.Answer(new AckPacket { Type = MqttPacketType.PubComp, PacketId = ack.PacketId, ReasonCode = code });
    }

    private bool TrySubscribe(MqttFrame frame)
    {
        _subscribing ??= Subscribe(frame);
        if (_subscribing is not { } done)
            return true;

        // SUBACK promises that what is published from now on will come, through whichever gateway and after a restart.
        if (!done.Announced.IsCompleted || !done.Stored.IsCompleted)
            return false;

        _subscribing = null;
        if (!done.Stored.Result)
            done = Withdrawn(done);
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

        var count = 0;
        foreach (var _ in packet.Subscriptions)
            count++;
        if (!CanAnswer(count))
            return null;

        var interest = 0L;
        uint? identifier = packet.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out var id) ? id : null;
        var answers = new List<MqttReasonCode>();
        var added = new List<(Subscription Subscription, bool IsNew)>();
        foreach (var request in packet.Subscriptions)
            answers.Add(Subscribe(request, identifier, added, ref interest));

        var announced = _gateway.Broker.Announced(interest);
        if (!announced.IsCompleted)
            announced.GetAwaiter().OnCompleted(_progress.Raise);
        var stored = _session.IsDurable ? _gateway.Journal.Flush() : Done;
        if (!stored.IsCompleted)
            stored.GetAwaiter().OnCompleted(_progress.Raise);
        return new PendingSubscribe(packet.PacketId, [.. answers], added, announced, stored);
    }

    /// <summary>The subscriptions could not be stored: the client is told so, and does not have them.</summary>
    private PendingSubscribe Withdrawn(PendingSubscribe asked)
    {
        foreach (var (subscription, _) in asked.Added)
        {
            if (_session.Remove(subscription.Filter.Text, out var added))
                Withdraw(added);
        }

        return asked with { Answers = [.. asked.Answers.Select(answer => answer < MqttReasonCode.UnspecifiedError ? MqttReasonCode.UnspecifiedError : answer)], Added = [] };
    }

    private void Withdraw(Subscription subscription)
    {
        _gateway.Broker.Unsubscribe(subscription);
        if (_session.IsDurable)
            _gateway.Journal.Note(new SessionChange.Unsubscribed(ClientId, subscription.Filter.Text));
    }

    private MqttReasonCode Subscribe(
        SubscriptionRequest request, uint? identifier, List<(Subscription Subscription, bool IsNew)> added, ref long interest)
    {
        if (!TopicFilter.TryParse(request.Filter, out var filter))
            return MqttReasonCode.TopicFilterInvalid;

        // 3.9.3: whoever wrote a deny does not wish to reveal the reason; what nobody allowed may be said to be just that.
        if (_access.MaySubscribe(filter.Utf8Bytes) is var verdict and not PolicyVerdict.Allowed)
            return verdict == PolicyVerdict.Denied ? MqttReasonCode.UnspecifiedError : MqttReasonCode.NotAuthorized;

        if (filter.IsShared && !_gateway.Broker.CanShare)
            return MqttReasonCode.SharedSubscriptionsNotSupported;

        // Retained messages for earlier filters are still on their way: they are not bounded by the queue, so the next have to wait.
        var isKnown = _session.Subscriptions.ContainsKey(filter.Text);
        if (_session.Deliveries.HasLongBacklog || (!isKnown && _session.Subscriptions.Count >= _gateway.Options.MaxSubscriptionsPerClient))
            return MqttReasonCode.QuotaExceeded;

        if (_session.IsDurable && !_gateway.Journal.CanTake)
            return MqttReasonCode.UnspecifiedError;

        var subscription = new Subscription(_session, filter, request.Options, identifier is { } id ? [id] : []);
        var isNew = _gateway.Broker.Subscribe(ref subscription, ref interest);
        _session.Add(subscription);
        added.Add((subscription, isNew));
        if (_session.IsDurable)
        {
            _gateway.Journal.Note(new SessionChange.Subscribed(
                ClientId, new StoredSubscription(filter.Text, request.Options.ToByte(), identifier)));
        }

        return (MqttReasonCode)request.Options.QoS;
    }

    private void HandleUnsubscribe(MqttFrame frame)
    {
        if (!UnsubscribePacket.TryRead(frame, Version, out var packet, out var reason))
        {
            Close(CloseReason.ProtocolError(reason, "an invalid UNSUBSCRIBE packet"));
            return;
        }

        var count = 0;
        foreach (var _ in packet.Filters)
            count++;
        if (!CanAnswer(count))
            return;

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

        Withdraw(subscription);
        return MqttReasonCode.Success;
    }

    /// <summary>[MQTT-3.1.2-24]: whether SUBACK or UNSUBACK would be no larger than the client takes; otherwise ends the connection.</summary>
    private bool CanAnswer(int filters)
    {
        var body = 2 + 1 + filters; // the packet identifier, and that there are no properties
        if (1 + VariableByteInteger.LengthOf(body) + body <= _request.Client.MaxPacketSize)
            return true;

        Close(CloseReason.ProtocolError(MqttReasonCode.PacketTooLarge, $"{filters} filters, and the answer would be larger than the client's maximum packet size"));
        return false;
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
        {
            Close(CloseReason.ProtocolError(reason, "an invalid DISCONNECT packet"));
            return;
        }

        if (packet.Properties.TryGetNumber(MqttPropertyId.SessionExpiryInterval, out var expiry))
        {
            // 3.14.2.2.2
            if (expiry > 0 && _askedExpiry == 0)
            {
                Close(CloseReason.ProtocolError(MqttReasonCode.ProtocolError, "a session expiry in DISCONNECT, and CONNECT had none"));
                return;
            }

            _gateway.Sessions.SetExpiry(_session, _gateway.Sessions.Granted(expiry));
        }

        Close(packet.ReasonCode == MqttReasonCode.Success ? CloseReason.Disconnected : CloseReason.DisconnectedWithWill);
    }

    /// <summary>A SUBSCRIBE that was carried out, and is to be answered once the peers know of it and it is stored.</summary>
    private sealed record PendingSubscribe(
        ushort PacketId, MqttReasonCode[] Answers, List<(Subscription Subscription, bool IsNew)> Added, Task Announced, Task<bool> Stored);
}
