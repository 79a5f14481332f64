using System.Buffers;
using System.Text;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>The two loops beside the owner: they turn the server's packets and the handlers' progress into events.</summary>
internal sealed partial class ClientConnection
{
    private async Task Read()
    {
        ClientEvent.Ended? ended = null;
        try
        {
            while (ended is null)
            {
                while (NextEvent() is { } happening)
                {
                    await _events.Writer.WriteAsync(happening, _cutToken);
                    if (happening is ClientEvent.Ended)
                        return;
                }

                if (!await _frames.Fill(_cutToken))
                    ended = new(MqttClosure.Lost(new EndOfStreamException("The server closed the connection.")));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            ended = new(MqttClosure.Lost(e));
        }

        await Post(ended);
    }

    private async Task Deliver(Task earlier)
    {
        await earlier;
        using var room = new SemaphoreSlim(_options.MaxConcurrentHandlers);
        var busy = new HashSet<Task>();
        try
        {
            await foreach (var arrival in _arrivals.Reader.ReadAllAsync(_cutToken))
            {
                await room.WaitAsync(_cutToken);
                if (_handlerFailed)
                    break; // what follows comes again, behind the message that failed
                busy.RemoveWhere(static handling => handling.IsCompleted);
                var handling = Handle(arrival, room);
                if (!handling.IsCompleted)
                    busy.Add(handling);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is over; what was not handled is not acknowledged, and the server sends it again.
        }

        await Task.WhenAll(busy);
    }

    private async Task Handle(Arrival arrival, SemaphoreSlim room)
    {
        var isOnce = arrival.Message.QoS == MqttQoS.ExactlyOnce;
        try
        {
            // [MQTT-4.3.3-10]: a copy of a QoS 2 message is acknowledged but not handled again. Looked up here and not on arrival,
            // as the handlers of the connection before have ended by now.
            if (!isOnce || !_handled.Contains(arrival.PacketId))
            {
                foreach (var handler in HandlersFor(arrival.Message))
                    await handler(arrival.Message, _cutToken);
                if (isOnce)
                    _handled.Add(arrival.PacketId);
            }

            if (arrival.Message.QoS != MqttQoS.AtMostOnce)
                await _events.Writer.WriteAsync(new ClientEvent.Handled(arrival), _cutToken);
        }
        catch (OperationCanceledException) when (_cutToken.IsCancellationRequested)
        {
            // The same.
        }
        catch (Exception e)
        {
            _handlerFailed = true;
            await Post(new ClientEvent.Ended(
                new MqttClosure(false, MqttReasonCode.ImplementationSpecificError, e), MqttReasonCode.ImplementationSpecificError));
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>A handler of several filters that match is called once.</summary>
    private IEnumerable<MqttMessageHandler> HandlersFor(MqttMessage message)
    {
        var subscriptions = new List<ClientCommand.Subscribe>();
        _session.Handlers.Match(Encoding.UTF8.GetBytes(message.Topic), subscriptions);
        return subscriptions.Count switch
        {
            0 => _options.OtherMessages is { } other ? [other] : [],
            1 => [subscriptions[0].Handler],
            _ => subscriptions.Select(subscription => subscription.Handler).Distinct(),
        };
    }

    private async Task Post(ClientEvent happening)
    {
        try
        {
            await _events.Writer.WriteAsync(happening, _cutToken);
        }
        catch (OperationCanceledException)
        {
            // The connection is over, and nobody listens.
        }
    }

    private ClientEvent? NextEvent() => _frames.TryRead(out var frame, out var reason) switch
    {
        OperationStatus.Done => Translate(frame),
        OperationStatus.NeedMoreData => null,
        _ => Violation(reason),
    };

    private ClientEvent Translate(MqttFrame frame)
    {
        MqttReasonCode reason;
        var version = _options.Version;
        switch (frame.Type)
        {
            case MqttPacketType.Publish:
                if (!PublishPacket.TryRead(frame, version, out var publish, out reason))
                    return Violation(reason);

                // [MQTT-3.1.2-27]: this client announces no topic aliases.
                return publish.Properties.TryGetNumber(MqttPropertyId.TopicAlias, out _)
                    ? Violation(MqttReasonCode.TopicAliasInvalid)
                    : new ClientEvent.Received(MessageCoding.ToMessage(publish), publish.PacketId);

            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                return AckPacket.TryRead(frame, version, out var ack, out reason)
                    ? new ClientEvent.Acknowledged(ack.Type, ack.PacketId, ack.ReasonCode)
                    : Violation(reason);

            case MqttPacketType.SubAck:
                return SubAckPacket.TryRead(frame, version, out var subAck, out reason)
                    ? new ClientEvent.Answered(subAck.PacketId, subAck.ReasonCodes[0])
                    : Violation(reason);

            case MqttPacketType.UnsubAck:
                if (!UnsubAckPacket.TryRead(frame, version, out var unsubAck, out reason))
                    return Violation(reason);

                return new ClientEvent.Answered(
                    unsubAck.PacketId, unsubAck.ReasonCodes.IsEmpty ? MqttReasonCode.Success : unsubAck.ReasonCodes[0]);

            case MqttPacketType.PingResp:
                return PingPacket.TryRead(frame, out _, out reason) ? new ClientEvent.Pong() : Violation(reason);

            case MqttPacketType.Disconnect when version != MqttVersion.V311:
                return DisconnectPacket.TryRead(frame, version, out var disconnect, out reason)
                    ? new ClientEvent.Ended(new MqttClosure(false, disconnect.ReasonCode))
                    : Violation(reason);

            default:
                return Violation(MqttReasonCode.ProtocolError);
        }
    }

    private static ClientEvent.Ended Violation(MqttReasonCode reason) => new(new MqttClosure(false, reason), reason);
}
