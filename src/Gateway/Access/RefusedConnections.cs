using System.Net;
using Microsoft.Extensions.Logging;

namespace OrleansIot.Gateway.Access;

/// <summary>Tells of connections that were turned away: so many a second that a person could read them, the others at level Debug.</summary>
internal sealed class RefusedConnections(TimeProvider time, ILogger<RefusedConnections> logger)
{
    private const int PerSecond = 20;

    private readonly Lock _lock = new();
    private long _second = long.MinValue;
    private int _told;

    public void Tell(string clientId, EndPoint? remoteEndPoint, string reason)
    {
        clientId = LogText.Of(clientId);
        var count = Count();
        if (count <= PerSecond)
        {
            logger.ConnectionRefused(clientId, remoteEndPoint, reason);
            return;
        }

        if (count == PerSecond + 1)
            logger.ManyRefused(PerSecond);
        logger.OneOfManyRefused(clientId, remoteEndPoint, reason);
    }

    private int Count()
    {
        var second = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            if (second != _second)
                (_second, _told) = (second, 0);

            return _told < int.MaxValue ? ++_told : _told;
        }
    }
}
