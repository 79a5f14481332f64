using System.Runtime.CompilerServices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Broker;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>
/// One message between its arrival and its acknowledgement: a reading on its way to its twin, or whatever waits for those it is owed
/// to. Used again and again by its connection: what would be the state machine of an async method, without a task for each message.
/// </summary>
internal sealed class ReadingInFlight : ICommitted, IPublishOrigin
{
    private readonly PublishIntake _intake;
    private readonly TelemetryIngest _telemetry;
    private readonly ClientSession _publisher;
    private readonly Action _onDecided;
    private ValueTaskAwaiter<Decision> _decision;
    private TopicRoute _route = null!;
    private BrokeredMessage _message = null!;
    private Arrival _arrival;
    private PublishTicket _ticket;
    private PublishAnswer _answer;

    public ReadingInFlight(PublishIntake intake, TelemetryIngest telemetry, ClientSession publisher)
    {
        (_intake, _telemetry, _publisher) = (intake, telemetry, publisher);
        _onDecided = () => Decided(isSynchronous: false);
    }

    public void Start(TwinCommand.Ingest command, TopicRoute route, BrokeredMessage message, Arrival arrival, in PublishTicket ticket)
    {
        (_route, _message, _arrival, _ticket) = (route, message, arrival, ticket);
        if (ticket.Origin is not null)
            _ticket = ticket with { Origin = this };
#pragma warning disable CA2012 // consumed once, in Conclude: this class stands in for an async method
        _decision = Execute(command).GetAwaiter();
#pragma warning restore CA2012
        if (_decision.IsCompleted)
            Decided(isSynchronous: true);
        else
            _decision.UnsafeOnCompleted(_onDecided);
    }

    public ICommitted Await(in PublishTicket ticket, PublishAnswer answer)
    {
        (_ticket, _answer) = (ticket, answer);
        return this;
    }

    public void Committed(bool isStored) => Finish(isStored ? _answer : PublishAnswer.SessionUnavailable, isSynchronous: false);

    private ValueTask<Decision> Execute(TwinCommand.Ingest command)
    {
        try
        {
            return _telemetry.Execute(_route, command);
        }
        catch (Exception fault)
        {
            return ValueTask.FromException<Decision>(fault);
        }
    }

    private void Decided(bool isSynchronous)
    {
        var answer = Conclude(out var isPending);
        if (!isPending)
            Finish(answer, isSynchronous);
    }

    private void Finish(PublishAnswer answer, bool isSynchronous)
    {
        // Neither the message nor the decision is kept alive by a spare.
        var ticket = _ticket;
        (_route, _message, _decision, _ticket) = (null!, null!, default, default);
        _intake.Finished(this, ticket, answer, isSynchronous);
    }

    // On a thread of whoever committed: nothing may escape.
    private PublishAnswer Conclude(out bool isPending)
    {
        isPending = false;
        var ticket = _ticket; // what is stored may be so before this returns, and this be in use again
        try
        {
            return _telemetry.Conclude(_decision.GetResult(), _route, _message, _arrival, _publisher, ticket, out isPending);
        }
        catch (Exception fault)
        {
            return _telemetry.Conclude(fault, _route);
        }
    }
}
