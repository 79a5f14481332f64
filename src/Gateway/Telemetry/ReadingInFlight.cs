using System.Runtime.CompilerServices;
using OrleansIot.Domain.Twins;
using OrleansIot.Gateway.Broker;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>
/// One reading between its arrival and its PUBACK. Used again and again by its connection: what would be the state machine
/// of an async method, without a task for each message.
/// </summary>
internal sealed class ReadingInFlight
{
    private readonly PublishIntake _intake;
    private readonly TelemetryIngest _telemetry;
    private readonly ClientSession _publisher;
    private readonly Action _onDecided;
    private ValueTaskAwaiter<Decision> _decision;
    private TopicRoute _route = null!;
    private BrokeredMessage _message = null!;
    private Arrival _arrival;
    private MqttVersion _version;
    private ushort _packetId;
    private long _ticket;

    public ReadingInFlight(PublishIntake intake, TelemetryIngest telemetry, ClientSession publisher)
    {
        (_intake, _telemetry, _publisher) = (intake, telemetry, publisher);
        _onDecided = () => Decided(isSynchronous: false);
    }

    public void Start(
        TwinCommand.Ingest command, TopicRoute route, BrokeredMessage message, Arrival arrival, MqttVersion version, ushort packetId, long ticket)
    {
        (_route, _message, _arrival, _version, _packetId, _ticket) = (route, message, arrival, version, packetId, ticket);
#pragma warning disable CA2012 // consumed once, in Conclude: this class stands in for an async method
        _decision = Execute(command).GetAwaiter();
#pragma warning restore CA2012
        if (_decision.IsCompleted)
            Decided(isSynchronous: true);
        else
            _decision.UnsafeOnCompleted(_onDecided);
    }

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
        var answer = Conclude();
        var (packetId, ticket) = (_packetId, _ticket);

        // Neither the message nor the decision is kept alive by a spare.
        (_route, _message, _decision) = (null!, null!, default);

        // 3.1.1 cannot say that a message was not stored: without its PUBACK the device sends it again when it is back.
        if (answer == PublishAnswer.TwinUnavailable && packetId != 0 && _version == MqttVersion.V311)
            _intake.NotStored();
        else
            _intake.Finished(this, packetId, ticket, answer, isSynchronous);
    }

    // On a thread of whoever committed: nothing may escape.
    private PublishAnswer Conclude()
    {
        try
        {
            return _telemetry.Conclude(_decision.GetResult(), _route, _message, _arrival, _publisher);
        }
        catch (Exception fault)
        {
            return _telemetry.Conclude(fault, _route);
        }
    }
}
