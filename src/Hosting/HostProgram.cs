using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OrleansIot.Hosting;

/// <summary>The life of a host's process: built, started, stopped; or a start that its user is told of in lines to act on.</summary>
public static class HostProgram
{
    private const int Stopped = 0;
    private const int StopOverdue = 1;

    // Beyond the time that the host gives its services: for those that are done to be disposed of.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <returns>The exit code.</returns>
    public static Task<int> Run(Func<WebApplication> build) => StartFaults.Guard(async () =>
    {
        var app = build();

        // Made before any of them starts, so that there is nothing to stop yet when the store cannot be opened.
        app.Services.GetServices<IHostedService>();
        var stopWanted = app.Lifetime.ApplicationStopping;
        var limit = app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout + Margin;
        try
        {
            await app.StartAsync();
        }
        catch (OperationCanceledException) when (stopWanted.IsCancellationRequested)
        {
            // Ctrl-C before the start was done: no fault.
            await InTime(limit, UndoStart(app));
            return Stopped;
        }
        catch
        {
            // What has started stops as it always does; disposed of while it runs, it would complain louder than the reason.
            await InTime(limit, UndoStart(app));
            throw;
        }

        var end = End(app);
        await Asked(stopWanted);
        return await InTime(limit, end);
    });

    private static async Task End(WebApplication app)
    {
        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
    }

    private static async Task UndoStart(WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException)
        {
            // What was never started may refuse to be stopped (a silo does). The reason of the start is what its user is told.
        }

        await app.DisposeAsync();
    }

    // Not every service heeds the end of its time: a silo whose table does not answer asks it for minutes whether it may go. What was
    // acknowledged is stored, so it is no loss to leave.
    private static async Task<int> InTime(TimeSpan limit, Task end)
    {
        try
        {
            await end.WaitAsync(limit, TimeProvider.System);
            return Stopped;
        }
        catch (TimeoutException) when (!end.IsCompleted)
        {
            await Console.Error.WriteLineAsync($"The stop has not ended within {limit.TotalSeconds:0} s; leaving as it is. What was acknowledged is stored.");
            return StopOverdue;
        }
    }

    private static async Task Asked(CancellationToken stop)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(asked.SetResult);
        await asked.Task;
    }
}
