using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>
/// Which devices of this process have readings that are in the log but in no chunk, and when these become chunks. Nothing is
/// lost with this memory: queries read the log as far as chunks do not go, and whoever owns the device next makes them.
/// </summary>
internal sealed partial class HistoryUpkeep(TimeProvider time, ILogger log) : IAsyncDisposable
{
    // What a query then reads from the log is some 100 KB at most.
    private const int ReadingsWorthAChunk = 500;
    private const int MetricsWorthAChunk = 6 * ReadingsWorthAChunk;

    // A flush costs some ten writes whatever its size: at one reading a minute that is a sixth of what the readings cost.
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Readings come first: they share the connections with this.
    private const int AtOnce = 8;

    // Bounded by the devices that this process owns.
    private readonly ConcurrentDictionary<DeviceId, Backlog> _backlogs = new();
    private readonly CancellationTokenSource _stopping = new();
    private Func<DeviceId, CancellationToken, ValueTask>? _flush;
    private Task _working = Task.CompletedTask;

    /// <param name="flush">Makes chunks of what the log has of a device.</param>
    public void Start(Func<DeviceId, CancellationToken, ValueTask> flush)
    {
        _flush = flush;
        _working = Work(_stopping.Token);
    }

    public void Appended(DeviceId device, ImmutableArray<TwinEvent> events)
    {
        var (readings, metrics) = (0, 0);
        foreach (var twinEvent in events)
        {
            if (twinEvent is not TwinEvent.ReadingRecorded { Reading: var reading })
                continue;

            readings++;
            metrics += reading.Metrics.Length;
        }

        if (readings > 0)
            Of(device).Add(readings, metrics);
    }

    /// <summary>Its last owner may have left readings behind.</summary>
    public void TakenUp(DeviceId device) => Of(device);

    /// <summary>Flushes all that is due, or simply all.</summary>
    public async Task Run(bool all, CancellationToken cancellation)
    {
        var due = _backlogs.Where(backlog => all || IsDue(backlog.Value)).Select(backlog => backlog.Key).ToArray();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, Flush);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _working;
        _stopping.Dispose();
    }

    private async Task Work(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                await Run(all: false, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is left is in the log.
        }
    }

    private async ValueTask Flush(DeviceId device, CancellationToken cancellation)
    {
        if (!_backlogs.TryRemove(device, out var backlog))
            return;

        try
        {
            await _flush!(device, cancellation);
        }
        catch (Exception e) when (e is StoreException or InvalidDataException)
        {
            // As old as now: it has its turn again, but not before the others have had theirs.
            _backlogs.TryAdd(device, new Backlog(time.GetTimestamp()));
            LogFlushFailed(device, e);
        }
    }

    // A random part of the hour has passed already, or a fleet that was taken up in one minute would be flushed in one.
    private Backlog Of(DeviceId device) =>
        _backlogs.GetOrAdd(device, static (_, clock) => new Backlog(clock.GetTimestamp() - (long)(Random.Shared.NextDouble() * MaxAge.TotalSeconds * clock.TimestampFrequency / 2)), time);

    private bool IsDue(Backlog backlog) => backlog.Readings >= ReadingsWorthAChunk || backlog.Metrics >= MetricsWorthAChunk || time.GetElapsedTime(backlog.Since) >= MaxAge;

    [LoggerMessage(3111, LogLevel.Warning, "The history of {DeviceId} could not be brought up to date; tried again later")]
    private partial void LogFlushFailed(DeviceId deviceId, Exception exception);

    private sealed class Backlog(long since)
    {
        private int _readings;
        private int _metrics;

        public long Since { get; } = since;

        public int Readings => Volatile.Read(ref _readings);

        public int Metrics => Volatile.Read(ref _metrics);

        public void Add(int readings, int metrics)
        {
            Interlocked.Add(ref _readings, readings);
            Interlocked.Add(ref _metrics, metrics);
        }
    }
}
