using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>Saves the twins that changed, now and then and at the end, so that a start folds few events.</summary>
internal sealed partial class TwinSnapshotter(FleetIndex fleet, ITwinSnapshots snapshots, IOptions<TwinOptions> options, TimeProvider time, ILogger<TwinSnapshotter> log)
    : BackgroundService
{
    // Bounds how long one save holds the writer, and so what ingest waits: some 200 KB, a few milliseconds. Commits come between.
    private const int PerSave = 100;

    private readonly Dictionary<DeviceId, long> _savedVersions = [];

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await SaveChanged(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SnapshotInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SaveChanged(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last save is StopAsync's.
        }
    }

    private async Task SaveChanged(CancellationToken cancellation)
    {
        foreach (var batch in fleet.All().Where(twin => _savedVersions.GetValueOrDefault(twin.Device) != twin.Version).Chunk(PerSave))
        {
            try
            {
                await snapshots.Save(batch, cancellation);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The journal has everything: a missed snapshot only makes the next start longer. The next round tries again.
                LogSaveFailed(batch.Length, e);
                return;
            }

            Remember(batch);
        }
    }

    private void Remember(Twin[] batch)
    {
        foreach (var twin in batch)
            _savedVersions[twin.Device] = twin.Version;
    }

    [LoggerMessage(1002, LogLevel.Warning, "Saving {Count} snapshots failed; tried again with the next round")]
    private partial void LogSaveFailed(int count, Exception exception);
}
