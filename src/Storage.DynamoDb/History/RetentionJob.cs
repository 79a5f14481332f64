using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>Hides every hour what is older than <see cref="DynamoDbOptions"/> say, until DynamoDB has deleted it.</summary>
internal sealed partial class RetentionJob(IReadingHistory history, IOptions<DynamoDbOptions> options, TimeProvider time, ILogger<RetentionJob> log) : BackgroundService
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
            await history.Expire(
                now - TimeSpan.FromDays(options.Value.ReadingRetentionDays), now - TimeSpan.FromDays(options.Value.RollupRetentionDays), stopping);
        }
        catch (StoreException e)
        {
            LogExpireFailed(e);
        }
    }

    [LoggerMessage(3112, LogLevel.Warning, "Hiding old readings failed; tried again in an hour")]
    private partial void LogExpireFailed(Exception exception);
}
