using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway.Shadows;

/// <summary>
/// One connection's requests to shadows, answered one after the other: what a client asks after an update sees that update. Few
/// and rare, so each is a task.
/// </summary>
internal sealed class ShadowQueue(PublishIntake intake, ShadowRequests requests, MessageBroker broker, ClientSession session, SessionId sessionId)
{
    private Task _last = Task.CompletedTask;
    private int _waiting;

    /// <param name="isOwn">The shadow is of the device whose connection this is.</param>
    public void Take(ShadowTopic topic, BrokeredMessage message, bool isOwn, Arrival arrival, in PublishTicket ticket)
    {
        var isOneTooMany = Interlocked.Increment(ref _waiting) > requests.Options.MaxInFlight;
        if (isOneTooMany)
            Interlocked.Decrement(ref _waiting);

        _last = Run(_last, new Request(topic, message, isOwn ? sessionId : null, arrival, ticket, isOneTooMany));
    }

    private async Task Run(Task before, Request request)
    {
        var (topic, message, own, arrival, ticket, isOneTooMany) = request;
        var isAnswered = true;
        if (isOneTooMany)
        {
            requests.RejectOneTooMany(topic, message.Body.PayloadMemory, arrival.At);
        }
        else
        {
            if (!before.IsCompleted)
                await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the next is asked whatever became of the last
            isAnswered = await requests.Execute(topic, message.Body.PayloadMemory, session.ClientId, own, arrival.At);
            Interlocked.Decrement(ref _waiting);
        }

        if (!isAnswered)
        {
            intake.Finished(ticket, PublishAnswer.TwinUnavailable);
            return;
        }

        // A request is a message too: whoever is subscribed to its topic gets it, and its PUBACK waits for those it is owed to.
        var waiting = new UntilStored(intake);
        var answer = broker.Publish(message, session, ticket.Origin is null ? ticket : ticket with { Origin = waiting }, out var isPending);
        if (!isPending)
            intake.Finished(ticket, answer == PublishAnswer.NobodySubscribed ? PublishAnswer.Success : answer);
    }

    private sealed record Request(ShadowTopic Topic, BrokeredMessage Message, SessionId? Own, Arrival Arrival, PublishTicket Ticket, bool IsOneTooMany);

    private sealed class UntilStored(PublishIntake intake) : IPublishOrigin, ICommitted
    {
        private PublishTicket _ticket;
        private PublishAnswer _onSuccess;

        public ICommitted Await(in PublishTicket ticket, PublishAnswer answer)
        {
            (_ticket, _onSuccess) = (ticket, answer == PublishAnswer.NobodySubscribed ? PublishAnswer.Success : answer);
            return this;
        }

        public void Committed(bool isStored) => intake.Finished(_ticket, isStored ? _onSuccess : PublishAnswer.SessionUnavailable);
    }
}
