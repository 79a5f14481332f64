using System.Diagnostics;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.GatewayAlone;

/// <summary>Hears of sessions, which cannot be avoided, and of nothing else.</summary>
internal sealed class NoTwins : ITwins
{
    public ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default) =>
        command is TwinCommand.OpenSession or TwinCommand.CloseSession
            ? ValueTask.FromResult<Decision>(Decision.Accepted.Unchanged)
            : throw new UnreachableException("Nothing is published to a telemetry topic here.");

    public ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default) => default;
}
