using System.Net;
using Microsoft.AspNetCore.Http;
using OrleansIot.Api.Http;

namespace OrleansIot.Api.Access;

/// <summary>
/// Without a key: only this machine, and only by a name that is this machine's. A page elsewhere can make a browser look up its
/// own name as 127.0.0.1 (DNS rebinding); the Host header then still carries that name.
/// </summary>
internal sealed class HostGuard(RequestDelegate next, AccessKey key)
{
    public Task Invoke(HttpContext context)
    {
        if (key.IsSet || (Loopback.IsName(context.Request.Host.Host) && IsFromHere(context.Connection.RemoteIpAddress)))
            return next(context);

        return ProblemResult.Of(
            StatusCodes.Status421MisdirectedRequest,
            "access.not-local",
            "Without an access key this serves only http://localhost on the same machine. Set one with --Access:ApiKey.").ExecuteAsync(context);
    }

    // No address: an in-memory connection or a Unix socket.
    private static bool IsFromHere(IPAddress? address) => address is null || IPAddress.IsLoopback(address);
}
