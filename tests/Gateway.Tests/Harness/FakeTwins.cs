using System.Collections.Immutable;
using System.Threading.Channels;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>Twins that accept everything, unless the test says otherwise; it sees every command.</summary>
internal sealed class FakeTwins : ITwins
{
    private readonly Channel<Execution> _executions = Channel.CreateUnbounded<Execution>();
    private int _ingests;
    private int _closedSessions;

    /// <summary>Leave readings undecided until the test decides on them.</summary>
    public bool HoldsReadings { get; set; }

    /// <summary>Makes sessions fail as a store that is down would.</summary>
    public bool RefusesSessions { get; set; }

    /// <summary>Keeps no commands for <see cref="Next{TCommand}"/>: a test that watches memory wants none.</summary>
    public bool Forgets { get; set; }

    public int Ingests => Volatile.Read(ref _ingests);

    public int ClosedSessions => Volatile.Read(ref _closedSessions);

    public ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default)
    {
        var execution = new Execution(device, command);
        if (command is TwinCommand.Ingest)
            Interlocked.Increment(ref _ingests);
        if (command is TwinCommand.CloseSession)
            Interlocked.Increment(ref _closedSessions);
        if (command is TwinCommand.OpenSession && RefusesSessions)
            execution.Fail(new TwinUnavailableException("the store is down"));
        else if (command is not TwinCommand.Ingest || !HoldsReadings)
            execution.Accept();

        if (!Forgets)
            _executions.Writer.TryWrite(execution);
        return new ValueTask<Decision>(execution.Decided);
    }

    public ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default) => default;

    /// <summary>The next command of that kind; others before it are passed over.</summary>
    public async Task<Execution> Next<TCommand>()
        where TCommand : TwinCommand
    {
        while (true)
        {
            var execution = await _executions.Reader.ReadAsync().AsTask().Within($"a command {typeof(TCommand).Name} for a twin");
            if (execution.Command is TCommand)
                return execution;
        }
    }

    internal sealed record Execution(DeviceId Device, TwinCommand Command)
    {
        // Continuations run in place, as they do on the thread of a store that commits.
        private readonly TaskCompletionSource<Decision> _decision = new();

        public Task<Decision> Decided => _decision.Task;

        public TwinCommand.Ingest Ingest => (TwinCommand.Ingest)Command;

        public void Accept() => _decision.SetResult(Command is TwinCommand.Ingest ingest
            ? new Decision.Accepted([new TwinEvent.ReadingRecorded(ingest.Reading, ingest.Key)])
            : Decision.Accepted.Unchanged);

        public void AcceptAsRepeat() => _decision.SetResult(new Decision.Accepted(ImmutableArray<TwinEvent>.Empty));

        public void Reject(TwinRejection reason) => _decision.SetResult(new Decision.Rejected(reason));

        public void Fail(Exception fault) => _decision.SetException(fault);
    }
}
