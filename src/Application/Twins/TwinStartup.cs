using System.Collections.Concurrent;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Twins.Mailboxes;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>
/// Takes up every known twin before the first connection is accepted, so that timers run and lists are whole. A device that
/// cannot be taken up does not keep the others from it; its next message, or a store that has recovered, tries again.
/// </summary>
internal sealed partial class TwinStartup(MailboxTwins twins, ITwinSnapshots snapshots, TimeProvider time, ILogger<TwinStartup> log) : IHostedService, IHealthCheck
{
    public const string HealthName = "twins";

    private const int AtOnce = 256;

    private readonly ConcurrentDictionary<DeviceId, bool> _missing = new();
    private volatile bool _isDone;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var count = 0;

        // Nearly all, without a question to the store for each: a core decodes a portion and takes it up, where nothing has to be waited for.
        var portions = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(snapshots.LoadAll(cancellationToken), portions, async (portion, _) =>
        {
            foreach (var snapshot in portion)
            {
                if (await TakeUp(snapshot.Device, snapshot))
                    Interlocked.Increment(ref count);
            }
        });

        // Those without a snapshot, and those whose snapshot cannot be read.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(snapshots.Devices(cancellationToken).Where(device => !_missing.ContainsKey(device)), parallel, async (device, _) =>
        {
            if (await twins.Find(device, cancellationToken) is null && await TakeUp(device, snapshot: null))
                Interlocked.Increment(ref count);
        });

        _isDone = true;
        LogTakenUp(count, time.GetElapsedTime(started).TotalMilliseconds);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!_isDone)
            return HealthCheckResult.Unhealthy("The devices are still being taken up.");

        foreach (var device in _missing.Keys)
        {
            if (await twins.Find(device, cancellationToken) is not null)
                _missing.TryRemove(device, out var _);
        }

        return _missing.IsEmpty ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"{_missing.Count} devices could not be taken up; the log says which.");
    }

    private async ValueTask<bool> TakeUp(DeviceId device, Twin? snapshot)
    {
        try
        {
            _ = snapshot is null ? await twins.TakeUp(device) : await twins.TakeUp(snapshot);
            return true;
        }
        catch (TwinUnavailableException e)
        {
            _missing[device] = true;
            LogNotTakenUp(device, e.InnerException?.Message ?? e.Message);
            return false;
        }
    }

    [LoggerMessage(1003, LogLevel.Information, "{Count} devices taken up in {Milliseconds:0} ms")]
    private partial void LogTakenUp(int count, double milliseconds);

    [LoggerMessage(1004, LogLevel.Error, "Device {DeviceId} could not be taken up: {Reason}")]
    private partial void LogNotTakenUp(DeviceId deviceId, string reason);
}
