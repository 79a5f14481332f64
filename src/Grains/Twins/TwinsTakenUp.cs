using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Silos;

namespace OrleansIot.Grains.Twins;

/// <summary>
/// Sees to it that every known device has an owner: when this silo starts, and whenever a silo comes or goes, it takes up its
/// share of those that have none. So timers run and lists are whole some seconds after a silo died, without anybody asking.
/// </summary>
internal sealed partial class TwinsTakenUp(
    GrainTwins twins, LostTwins lost, FleetIndex ownedHere, ITwinSnapshots snapshots, SiloMembers silos, TimeProvider time, ILogger<TwinsTakenUp> log)
    : ILifecycleParticipant<ISiloLifecycle>, IHealthCheck, IDisposable
{
    public const string HealthName = "twins";

    // After the rules are there, and before the host starts what lets devices in.
    private const int Stage = ServiceLifecycleStage.Active + 20;

    private const int AtOnce = 256;

    // As after a failed review in Standalone: time goes on for a device as soon as the store does.
    private static readonly TimeSpan TryAgainEvery = TimeSpan.FromSeconds(5);

    // For what none of the above saw: an activation that the runtime ended of its own accord. A call per device, of which 100,000
    // take a second.
    private static readonly TimeSpan LookAroundEvery = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;
    private Task _tryingAgain = Task.CompletedTask;
    private Task _lookingAround = Task.CompletedTask;
    private volatile bool _isDone;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(TwinsTakenUp), Stage, Start, Stop);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !_isDone ? HealthCheckResult.Unhealthy("The devices are still being taken up.")
        : lost.Count > 0 ? HealthCheckResult.Degraded($"{lost.Count} devices could not be taken up; the log says which.")
        : HealthCheckResult.Healthy());

    public void Dispose() => _stopping.Dispose();

    private async Task Start(CancellationToken cancellation)
    {
        var atStart = silos.Census();
        await TakeUpShare(atStart.Active, cancellation);
        _isDone = true;
        _watching = Task.Run(() => Watch(atStart), CancellationToken.None);
        _tryingAgain = Task.Run(TryAgain, CancellationToken.None);
        _lookingAround = Task.Run(LookAround, CancellationToken.None);
    }

    private async Task Stop(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_watching, _tryingAgain, _lookingAround).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Watch(SiloCensus known)
    {
        try
        {
            await foreach (var census in silos.Changes(_stopping.Token))
            {
                // A silo that stops in order is seen twice: when it begins, some of its twins still answer there; when it ended, none does.
                var lostSome = census.LostSince(known);
                known = census;
                if (!lostSome)
                    continue;

                await ForgetSessions();
                await TakeUpShareUntilListed(census.Active);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Those who stay take up what this silo leaves.
        }
    }

    private async Task TakeUpShareUntilListed(IReadOnlyList<SiloAddress> active)
    {
        while (true)
        {
            try
            {
                await TakeUpShare(active, _stopping.Token);
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The store did not say which devices there are. There is nothing better to do than to ask again, slowly, while this silo runs.
                LogNotListed(e);
                await Task.Delay(TryAgainEvery, time, _stopping.Token);
            }
        }
    }

    private async Task TakeUpShare(IReadOnlyList<SiloAddress> active, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var count = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(snapshots.Devices(cancellation), parallel, async (device, _) =>
        {
            if (ownedHere.Find(device) is null && DeviceShare.IsMine(device, silos.Local, active) && await Reach(device, () => twins.TakeUp(device)) && ownedHere.Find(device) is not null)
                Interlocked.Increment(ref count);
        });
        LogTakenUp(count, active.Count, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task TryAgain()
    {
        using var timer = new PeriodicTimer(TryAgainEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                // A review, for one that has an owner may have missed something too.
                foreach (var device in lost.Devices)
                    await Reach(device, () => Review(device));

                // One that was busy when its silo's death was told of.
                await ForgetSessions();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task LookAround()
    {
        using var timer = new PeriodicTimer(LookAroundEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await TakeUpShareUntilListed(silos.Active());
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async ValueTask Review(DeviceId device) => await twins.Execute(device, new TwinCommand.Review(Instant.From(time.GetUtcNow())));

    private async ValueTask<bool> Reach(DeviceId device, Func<ValueTask> call)
    {
        try
        {
            await call();
            lost.Found(device);
            return true;
        }
        catch (TwinUnavailableException e)
        {
            // Damaged for good, too, is asked for again: this is cheap, and whoever mends the store need not restart the silo.
            if (lost.Add(device) || !_isDone)
                LogNotTakenUp(device, e.InnerException?.Message ?? e.Message);

            return false;
        }
    }

    private async ValueTask ForgetSessions()
    {
        var dead = silos.Census().Dead.Select(SiloRun.Of).ToHashSet();
        if (dead.Count == 0)
            return;

        foreach (var twin in ownedHere.All())
        {
            if (twin.Session is not { } session || !dead.Contains(SiloRun.Of(session)))
                continue;

            try
            {
                await twins.ForgetSession(twin.Device, SiloRun.Of(session));
            }
            catch (TwinUnavailableException e)
            {
                LogSessionKept(twin.Device, e);
            }
        }
    }

    [LoggerMessage(5010, LogLevel.Information, "{Count} devices taken up, of the share of one of {Silos} silos, in {Milliseconds:0} ms")]
    private partial void LogTakenUp(int count, int silos, double milliseconds);

    [LoggerMessage(5011, LogLevel.Error, "Device {DeviceId} could not be taken up: {Reason}")]
    private partial void LogNotTakenUp(DeviceId deviceId, string reason);

    [LoggerMessage(5012, LogLevel.Error, "The store does not say which devices there are; asked again in some seconds")]
    private partial void LogNotListed(Exception exception);

    [LoggerMessage(5013, LogLevel.Warning, "Device {DeviceId} was not told that its connection went with its silo; told again in some seconds")]
    private partial void LogSessionKept(DeviceId deviceId, Exception exception);
}
