using System.Diagnostics;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Sessions;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Client;

/// <summary>What the owning loop does with events and commands: the session moves, and packets go into the output.</summary>
internal sealed partial class ClientConnection
{
    private void ResumeSession()
    {
        if (!SessionPresent)
        {
            // [MQTT-4.3.3-6]: a released message is not published again, and the server that forgot it may have passed it on or not.
            foreach (var publish in _session.Window.AbandonReleased())
                publish.Fail(new MqttConnectionLostException(MqttClosure.Forgotten));
        }

        _session.Window.Connect(Math.Min(_limits.ReceiveMaximum, _options.MaxInFlight));
        foreach (var subscription in _session.Subscriptions.Values)
        {
            if (!SessionPresent || !subscription.IsGranted)
                Send(subscription);
        }
    }

    private ClientEvent.Ended? Hear(ClientEvent happening)
    {
        _heardSinceTick |= happening is not (ClientEvent.Tick or ClientEvent.Handled);
        switch (happening)
        {
            case ClientEvent.Received received:
                return Accept(received);

            case ClientEvent.Handled { Arrival: var arrival }:
                _unacknowledgedBytes -= SizeOf(arrival.Message);
                CompleteAck(arrival.Ticket);
                return null;

            case ClientEvent.Acknowledged { Type: MqttPacketType.PubRel } release:
                var isKnown = _handled.Remove(release.PacketId);
                _output.WriteAck(
                    MqttPacketType.PubComp, release.PacketId, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound);
                return null;

            case ClientEvent.Acknowledged acknowledged:
                Settle(acknowledged);
                return null;

            case ClientEvent.Answered answered:
                Settle(answered);
                return null;

            case ClientEvent.Pong:
                _awaitsPong = false;
                return null;

            case ClientEvent.Tick:
                return KeepAlive();

            case ClientEvent.Ended ended:
                return ended;

            default:
                throw new UnreachableException();
        }
    }

    private ClientEvent.Ended? Accept(ClientEvent.Received received)
    {
        var (message, packetId) = received;
        if (message.QoS == MqttQoS.AtMostOnce)
        {
            // At most once: what the handlers are too slow for is dropped, so that the acknowledgements behind it are heard.
            if (_arrivals.Reader.Count - _acks.Count < _options.MaxQueuedQoS0)
                _arrivals.Writer.TryWrite(new Arrival(message, packetId, default));
            return null;
        }

        // A server of 3.1.1 knows no receive maximum, and mosquitto 2.0.11 exceeds it when its queue drains and after a reconnect:
        // to leave it for that would be to leave it for ever. What was promised is memory, so that is what is held to (3.3.4, 0x93).
        _unacknowledgedBytes += SizeOf(message);
        var ackType = message.QoS == MqttQoS.AtLeastOnce ? MqttPacketType.PubAck : MqttPacketType.PubRec;
        if (_unacknowledgedBytes > (long)_options.ReceiveMaximum * _options.MaxPacketBytes || !_acks.TryTake(ackType, packetId, out var ticket))
            return Violation(MqttReasonCode.ReceiveMaximumExceeded);

        if (!_arrivals.Writer.TryWrite(new Arrival(message, packetId, ticket)))
            throw new UnreachableException("Packet identifiers bound what waits for the handlers.");
        return null;
    }

    private static int SizeOf(MqttMessage message) => message.Topic.Length + message.Payload.Length;

    private void CompleteAck(long ticket)
    {
        if (_acks.Complete(ticket))
            _output.WriteReady(_acks);
    }

    private void Settle(ClientEvent.Acknowledged acknowledged)
    {
        var (type, packetId, reason) = acknowledged;
        switch (_session.Window.Acknowledge(type, packetId, reason, out var publish))
        {
            case AckOutcome.SendPubRel:
                _output.WriteAck(MqttPacketType.PubRel, packetId);
                break;
            // The server took the message with its PUBREC; that it does not know the PUBREL only says that this is over.
            case AckOutcome.Finished when type == MqttPacketType.PubComp && reason == MqttReasonCode.PacketIdentifierNotFound:
                publish!.Succeed(MqttReasonCode.Success);
                break;
            case AckOutcome.Finished when reason >= MqttReasonCode.UnspecifiedError:
                publish!.Fail(new MqttRefusedException(reason, publish.Topic));
                break;
            case AckOutcome.Finished:
                publish!.Succeed(reason);
                break;
        }
    }

    private void Settle(ClientEvent.Answered answered)
    {
        if (!_awaitingAnswer.Remove(answered.PacketId, out var command))
            return;

        _session.Ids.Release(answered.PacketId);
        var isGranted = answered.Reason < MqttReasonCode.UnspecifiedError;
        var filter = command switch
        {
            ClientCommand.Subscribe subscribe => Settle(subscribe, isGranted, answered.Reason),
            ClientCommand.Unsubscribe unsubscribe => unsubscribe.Filter,
            _ => throw new UnreachableException(),
        };
        if (isGranted)
            command.Succeed(answered.Reason);
        else
            command.Fail(new MqttRefusedException(answered.Reason, filter.Text));
    }

    private TopicFilter Settle(ClientCommand.Subscribe subscribe, bool isGranted, MqttReasonCode reason)
    {
        var wasGranted = subscribe.IsGranted;
        subscribe.IsGranted = isGranted;
        var text = subscribe.Filter.Text;
        if (isGranted && subscribe.IsDeclared)
            _options.ConnectionChanged?.Invoke(new MqttConnectionChange.SubscriptionGranted(text, (MqttQoS)reason));
        if (!isGranted && (wasGranted || subscribe.IsDeclared))
            _options.ConnectionChanged?.Invoke(new MqttConnectionChange.SubscriptionLost(text, reason));
        if (!isGranted && !subscribe.IsDeclared)
            _session.Forget(subscribe.Filter);
        return subscribe.Filter;
    }

    private ClientEvent.Ended? KeepAlive()
    {
        if (_awaitsPong && !_heardSinceTick)
            return new ClientEvent.Ended(MqttClosure.Lost(new TimeoutException("The server did not answer a ping.")));

        if (!_wroteSinceTick || !_heardSinceTick)
        {
            _output.WritePing();
            _awaitsPong = true;
        }

        _wroteSinceTick = false;
        _heardSinceTick = false;
        return null;
    }

    private void Resend()
    {
        while (_output.Length < FlushThreshold && _session.Window.TryResend(out var delivery))
        {
            if (delivery.Step == DeliveryStep.AwaitingPubComp)
                _output.WriteAck(MqttPacketType.PubRel, delivery.PacketId);
            else
                _output.WritePublish(delivery.Message, delivery.PacketId, dup: true);
        }
    }

    private void Execute(ClientCommand command)
    {
        switch (command)
        {
            case ClientCommand.Publish publish:
                Send(publish);
                break;
            case ClientCommand.Subscribe subscribe:
                _session.Remember(subscribe);
                Send(subscribe);
                break;
            case ClientCommand.Unsubscribe unsubscribe:
                _session.Forget(unsubscribe.Filter);
                _output.WriteUnsubscribe(TakeId(unsubscribe), unsubscribe.Filter);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Send(ClientCommand.Publish publish)
    {
        if (publish.HasExpired(_options.TimeProvider))
        {
            publish.Fail(new MqttNotSentException(MqttNotSent.Expired, publish.Topic));
            return;
        }

        var verdict = _limits.Judge(publish, _output.Measure(publish));
        if (verdict != MqttReasonCode.Success)
        {
            publish.Fail(new MqttRefusedException(verdict, publish.Topic));
        }
        else if (publish.QoS == MqttQoS.AtMostOnce)
        {
            _output.WritePublish(publish, packetId: 0, dup: false);
            _doneWhenFlushed.Add(publish);
        }
        else if (_session.Window.TryOpen(publish.QoS, publish, out var packetId))
        {
            _output.WritePublish(publish, packetId, dup: false);
        }
        else
        {
            throw new UnreachableException("Commands are taken only while the window has room.");
        }
    }

    private void Send(ClientCommand.Subscribe subscribe) =>
        _output.WriteSubscribe(TakeId(subscribe), subscribe.Filter, subscribe.Options);

    private ushort TakeId(ClientCommand command)
    {
        if (!_session.Ids.TryTake(out var packetId))
            throw new UnreachableException("Commands are taken only while there are free packet identifiers.");

        _awaitingAnswer.Add(packetId, command);
        return packetId;
    }
}
