using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace OrleansIot.Api.Http;

/// <summary>
/// Takes nothing new from the moment the host stops. An open page loses its WebSocket then and at once asks for another; given
/// one, nobody would close it, and the stop would wait for it until its time is up.
/// </summary>
internal sealed class StoppingGuard(RequestDelegate next, IHostApplicationLifetime host)
{
    public Task Invoke(HttpContext context)
    {
        if (!host.ApplicationStopping.IsCancellationRequested)
            return next(context);

        context.Response.Headers.Connection = "close";
        return ProblemResult.Of(StatusCodes.Status503ServiceUnavailable, "host.stopping", "This is stopping. Ask again in a while.").ExecuteAsync(context);
    }
}
