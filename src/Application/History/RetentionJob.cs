using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;

namespace OrleansIot.Application.History;

/// <summary>Has the history drop, every hour, what is older than its retention.</summary>
public sealed partial class RetentionJob(IReadingHistory history, HistoryRetention retention, TimeProvider time, ILogger<RetentionJob> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
                await Expire(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next run goes on where this one stopped.
        }
    }

    private async Task Expire(CancellationToken stopping)
    {
        var now = Instant.From(time.GetUtcNow());
        try
        {
            await history.Expire(retention.At(now), stopping);
        }
        catch (StoreException e)
        {
            LogExpireFailed(e);
        }
    }

    [LoggerMessage(1005, LogLevel.Warning, "Dropping old readings failed; tried again in an hour")]
    private partial void LogExpireFailed(Exception exception);
}
