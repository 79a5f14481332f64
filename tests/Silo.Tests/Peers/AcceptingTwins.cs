using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Silo.Tests.Peers;

/// <summary>Twins that store everything at once: here it is about what happens afterwards.</summary>
internal sealed class AcceptingTwins : ITwins
{
    public ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default) => new(command is TwinCommand.Ingest ingest
        ? new Decision.Accepted([new TwinEvent.ReadingRecorded(ingest.Reading, ingest.Key)])
        : Decision.Accepted.Unchanged);

    public ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default) => default;
}
