using Microsoft.Extensions.Logging;
using OrleansIot.Application.Telemetry;
using OrleansIot.Application.Telemetry.Payloads;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Connections;
using OrleansIot.Gateway.Shadows;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>A reading's way from a topic to its twin: understood, executed, counted, and then told to the topic's subscribers.</summary>
internal sealed class TelemetryIngest(
    ITwins twins, TelemetryReader reader, IngestStatistics statistics, MessageBroker broker, ShadowRequests shadows, GatewayMetrics metrics,
    ILogger<TelemetryIngest> logger)
{
    private const int KeptOfRefused = 1_024;

    /// <summary>Understands a message; a refusal has been counted.</summary>
    public TwinCommand.Ingest? Read(TopicRoute route, scoped in PublishPacket publish, PublishBody body, Arrival arrival, SessionId? session, out PublishAnswer refusal)
    {
        refusal = default;
        var raw = new RawMessage(route.Topic, body.PayloadMemory);
        if (route.Kind == TopicKind.InvalidDevice)
        {
            refusal = Refuse(
                MqttReasonCode.TopicNameInvalid, route, raw, arrival, "device.invalid-id", $"The topic's device level is not a device id; use {DeviceId.Rule}.");
            return null;
        }

        if (!reader.TryRead(body.Payload, arrival.At, out var payload, out var problem))
        {
            refusal = Refuse(MqttReasonCode.PayloadFormatInvalid, route, raw, arrival, problem.Code, problem.Detail);
            return null;
        }

        if (payload.ClockAhead)
            metrics.ClockAhead();

        var hasId = !payload.MessageId.IsNone;
        var key = hasId ? payload.MessageId
            : publish.QoS == MqttQoS.AtMostOnce ? MessageKey.None
            : MessageKey.OfDelivery(publish.PacketId, publish.Topic, publish.Payload);
        return new TwinCommand.Ingest(payload.Reading, key, hasId, publish.Dup, session, raw) { Sequence = payload.Sequence };
    }

    public ValueTask<Decision> Execute(TopicRoute route, TwinCommand.Ingest command) => twins.Execute(route.Device, command);

    /// <summary>What follows from the twin's decision; subscribers hear only of what is durable, and of a repeat not again.</summary>
    /// <param name="isPending">The answer is to be given when the ticket's origin is told that all of it is stored.</param>
    public PublishAnswer Conclude(
        Decision decision, TopicRoute route, BrokeredMessage message, Arrival arrival, ClientSession? publisher, in PublishTicket ticket, out bool isPending)
    {
        isPending = false;
        if (decision is Decision.Rejected { Reason: var rejection })
        {
            return Refuse(
                MqttReasonCode.ImplementationSpecificError, route, new RawMessage(route.Topic, message.Body.PayloadMemory), arrival, rejection.Code, rejection.Detail);
        }

        if (decision is Decision.Accepted { Events.IsEmpty: true })
        {
            statistics.Duplicate();
            if (ticket.Received is not null)
                broker.Settle(ticket, PublishAnswer.Success, out isPending);
            return PublishAnswer.Success;
        }

        statistics.Recorded(arrival.Timestamp);
        var answer = broker.Publish(message, publisher, ticket, out isPending);

        // Somebody received it: the twin.
        return answer.Code == MqttReasonCode.NoMatchingSubscribers ? PublishAnswer.Success : answer;
    }

    /// <summary>What follows when the outcome is unknown: nothing was acknowledged, and the device sends again.</summary>
    public PublishAnswer Conclude(Exception fault, TopicRoute route)
    {
        metrics.PublishRefused("twin-unavailable");
        if (fault is TwinUnavailableException)
            logger.TwinUnavailable(fault, route.DeviceText);
        else
            logger.TwinFaulted(fault, route.DeviceText);
        return PublishAnswer.TwinUnavailable;
    }

    /// <summary>Publishes for a client that has gone: what it left behind goes the way its own message would have gone.</summary>
    public async ValueTask PublishWill(WillMessage will, ClientSession client, Arrival arrival)
    {
        var message = new BrokeredMessage(will.Body, will.QoS, will.Retain, arrival.Timestamp);
        var route = TopicRoute.Of(will.Body.Topic);
        switch (route.Kind)
        {
            case TopicKind.Plain:
                broker.Publish(message, client, default, out _);
                break;
            case TopicKind.Reserved:
                metrics.PublishRefused("reserved-topic");
                break;
            case TopicKind.Shadow:
                if (shadows.Options.AcceptWills)
                    await shadows.Execute(route.Shadow!, will.Body.PayloadMemory, client.ClientId, session: null, arrival.At);
                broker.Publish(message with { Retain = false }, client, default, out _);
                break;
            default:
                await IngestWill(route, message, client, arrival);
                break;
        }
    }

    public void Shed() => statistics.Shed();

    private async ValueTask IngestWill(TopicRoute route, BrokeredMessage message, ClientSession client, Arrival arrival)
    {
        if (Read(route, message.Body.ToPacket(MqttQoS.AtMostOnce), message.Body, arrival, session: null, out _) is not { } command)
            return;

        try
        {
            Conclude(await Execute(route, command), route, message, arrival, client, default, out _);
        }
        catch (TwinUnavailableException unavailable)
        {
            Conclude(unavailable, route);
        }
    }

    private PublishAnswer Refuse(MqttReasonCode reason, TopicRoute route, RawMessage raw, Arrival arrival, string code, string detail)
    {
        var kept = raw.Payload.Length <= KeptOfRefused ? raw : raw with { Payload = raw.Payload[..KeptOfRefused].ToArray() };
        statistics.Refused(new RefusedMessage(route.DeviceText, code, detail, kept, arrival.At));
        return new PublishAnswer(reason, $"{code}: {detail}");
    }
}
