using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansIot.Hosting;

/// <summary>The life of a host's process: built, started, stopped; or a start that its user is told of in lines to act on.</summary>
public static class HostProgram
{
    /// <param name="explain">Faults that only this host can have, in words for its user; null for all others.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Run(Func<WebApplication> build, Func<Exception, string?>? explain = null) => StartFaults.Guard(
        async () =>
        {
            await using var app = build();

            // Made before any of them starts, so that there is nothing to stop yet when the store cannot be opened.
            app.Services.GetServices<IHostedService>();
            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Ctrl-C before the start was done.
                await app.StopAsync();
                return;
            }
            catch
            {
                // What has started stops as it always does; disposed of while it runs, it would complain louder than the reason.
                await app.StopAsync();
                throw;
            }

            await app.WaitForShutdownAsync();
        },
        explain);
}
