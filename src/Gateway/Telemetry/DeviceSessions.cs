using Microsoft.Extensions.Logging;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>Tells a device's twin of the connection whose client id is the device's.</summary>
internal sealed class DeviceSessions(ITwins twins, GatewayRun run, TimeProvider time, ILogger<DeviceSessions> logger)
{
    private int _connections;

    public SessionId Next() => SessionId.Of(run.Value, Interlocked.Increment(ref _connections));

    /// <exception cref="TwinUnavailableException">The twin does not know of the connection.</exception>
    public async ValueTask Open(DeviceId device, SessionId session, CancellationToken cancellation) =>
        await twins.Execute(device, new TwinCommand.OpenSession(session, Instant.From(time.GetUtcNow())), cancellation);

    public async ValueTask Close(DeviceId device, SessionId session, string reason)
    {
        try
        {
            await twins.Execute(device, new TwinCommand.CloseSession(session, reason, Instant.From(time.GetUtcNow())));
        }
        catch (TwinUnavailableException unavailable)
        {
            // The twin forgets sessions when it is taken up again, and then waits for the device's next sign.
            logger.SessionNotRecorded(unavailable, device.Value, reason);
        }
    }
}
