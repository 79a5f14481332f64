using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Client;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>
/// The way in for messages that no client's connection brought: readings to their twin's commit, all else to whoever is
/// subscribed. The task's end is what the sender may be acknowledged by.
/// </summary>
internal sealed class InboundMessages(TelemetryIngest telemetry, MessageBroker broker, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>Takes a message; readings begin in the order of the calls.</summary>
    public async ValueTask<InboundOutcome> Take(MqttMessage message)
    {
        var arrival = Arrival.Now(time);
        var body = message.ToBody();
        var route = TopicRoute.Of(body.Topic);
        var brokered = new BrokeredMessage(body, message.QoS, message.Retain, arrival.Timestamp);
        switch (route.Kind)
        {
            case TopicKind.Plain:
                var stored = new UntilStored();
                var published = broker.Publish(brokered, publisher: null, stored.Ticket(message), out var isPending);
                if (published == PublishAnswer.NobodySubscribed)
                    metrics.Unrouted();
                return await Outcome(published, stored, isPending);

            case TopicKind.Reserved or TopicKind.Shadow:
                metrics.PublishRefused("reserved-topic");
                return InboundOutcome.Refused;

            default:
                return await Ingest(route, brokered, message, arrival);
        }
    }

    private async ValueTask<InboundOutcome> Ingest(TopicRoute route, BrokeredMessage brokered, MqttMessage message, Arrival arrival)
    {
        if (Read(route, brokered, message, arrival) is not { } command)
            return InboundOutcome.Refused;

        try
        {
            var decision = await telemetry.Execute(route, command);
            var stored = new UntilStored();
            var answer = telemetry.Conclude(decision, route, brokered, arrival, publisher: null, stored.Ticket(message), out var isPending);
            return await Outcome(answer, stored, isPending);
        }
        catch (Exception fault)
        {
            // Whatever it was: what is not known to be durable is not acknowledged. It is told by Conclude.
            telemetry.Conclude(fault, route);
            return InboundOutcome.Unavailable;
        }
    }

    private static async ValueTask<InboundOutcome> Outcome(PublishAnswer answer, UntilStored stored, bool isPending)
    {
        if (isPending)
            answer = await stored.Answer;
        if (answer == PublishAnswer.SessionUnavailable)
            return InboundOutcome.Unavailable;

        // A retained message that finds no room has been delivered all the same: sending it again would help nobody.
        return answer.Code < MqttReasonCode.UnspecifiedError || answer == PublishAnswer.RetainedFull
            ? InboundOutcome.Taken
            : InboundOutcome.Refused;
    }

    private TwinCommand.Ingest? Read(TopicRoute route, BrokeredMessage brokered, MqttMessage message, Arrival arrival) => telemetry.Read(
        route, brokered.Body.ToPacket(message.QoS, message.PacketId, message.Dup), brokered.Body, arrival, session: null, out _);

    /// <summary>Waits where sessions that outlive their connection are owed the message, or it is retained.</summary>
    private sealed class UntilStored : IPublishOrigin, ICommitted
    {
        private readonly TaskCompletionSource<PublishAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private PublishAnswer _onSuccess;

        public Task<PublishAnswer> Answer => _answer.Task;

        public PublishTicket Ticket(MqttMessage message) => new(this, message.QoS);

        public ICommitted Await(in PublishTicket ticket, PublishAnswer answer)
        {
            _onSuccess = answer;
            return this;
        }

        public void Committed(bool isStored) => _answer.SetResult(isStored ? _onSuccess : PublishAnswer.SessionUnavailable);
    }
}
