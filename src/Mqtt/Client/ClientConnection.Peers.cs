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
        var handlers = new List<ClientCommand.Subscribe>();
        try
        {
            await foreach (var arrival in _arrivals.Reader.ReadAllAsync(_cutToken))
            {
                handlers.Clear();
                _session.Handlers.Match(Encoding.UTF8.GetBytes(arrival.Message.Topic), handlers);
                foreach (var subscription in handlers)
                    await subscription.Handler(arrival.Message, _cutToken);
                if (arrival.Message.QoS != MqttQoS.AtMostOnce)
                    await _events.Writer.WriteAsync(new ClientEvent.Handled(arrival), _cutToken);
            }
        }
        catch (OperationCanceledException) when (_cut.IsCancellationRequested)
        {
            // The connection is over; what was not handled is not acknowledged, and the server sends it again.
        }
        catch (Exception e)
        {
            await Post(new ClientEvent.Ended(
                new MqttClosure(false, MqttReasonCode.ImplementationSpecificError, e), MqttReasonCode.ImplementationSpecificError));
        }
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
