using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Twins.Mailboxes;
using OrleansIot.Application.Twins.Ports;

namespace OrleansIot.Application.Twins;

/// <summary>Takes up every known twin before the first connection is accepted, so that timers run and lists are whole.</summary>
internal sealed partial class TwinStartup(MailboxTwins twins, ITwinSnapshots snapshots, TimeProvider time, ILogger<TwinStartup> log) : IHostedService
{
    private const int AtOnce = 256;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var count = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(snapshots.Devices(cancellationToken), parallel, async (device, _) =>
        {
            await twins.Activate(device);
            Interlocked.Increment(ref count);
        });

        LogTakenUp(count, time.GetElapsedTime(started).TotalMilliseconds);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1003, LogLevel.Information, "{Count} devices taken up in {Milliseconds:0} ms")]
    private partial void LogTakenUp(int count, double milliseconds);
}
