using System.Net;
using Microsoft.Extensions.Logging;
using OrleansIot.Domain.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>Tells what one client was refused: the first in the log, the others only to whoever looks closely, so that a loop does not fill it.</summary>
/// <param name="endsConnection">Whether a refused message ends the connection.</param>
internal sealed class ClientRefusals(EndPoint? remoteEndPoint, bool endsConnection, AccessMetrics metrics, ILogger logger)
{
    private int _told;

    public EndPoint? RemoteEndPoint => remoteEndPoint;

    public bool EndsConnection => endsConnection;

    public AccessMetrics Metrics => metrics;

    public void Tell(ClientAccess client, in PolicyRequest request, PolicyDecision decision)
    {
        if (Interlocked.Exchange(ref _told, 1) == 0)
            logger.FirstRefused(client.Context.ClientId, client.Principal.Name, remoteEndPoint, LogText.Of(request.ToString()), decision.ToString());
        else if (logger.IsEnabled(LogLevel.Debug))
            logger.Refused(client.Context.ClientId, client.Principal.Name, LogText.Of(request.ToString()), decision.ToString());
    }
}
