using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Grains.Rules;

namespace OrleansIot.Grains.DeviceTypes;

/// <summary>
/// This silo's copy of the device types. An edit is held to what is stored, written there, and told to all silos, which read the
/// store again before the edit completes. What a silo was not told of, it finds there when it looks.
/// </summary>
internal sealed partial class ClusterDeviceTypes(
    IDeviceTypeStore store, IOptions<DeviceTypeOptions> options, IServiceProvider services, TimeProvider time, ILogger<ClusterDeviceTypes> log)
    : IDeviceTypes, ILifecycleParticipant<ISiloLifecycle>, IHealthCheck, IDisposable
{
    public const string HealthName = "device-types";

    // Before anything is activated here: a reading must not be taken as if its device had no type.
    private const int LoadStage = ServiceLifecycleStage.ApplicationServices;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    private readonly DeviceTypeBook _book = new(store);
    private readonly CancellationTokenSource _stopping = new();
    private Task _looking = Task.CompletedTask;

    public long Revision => _book.Revision;

    public ImmutableArray<DeviceType> All => _book.All;

    public DeviceType? Find(DeviceTypeId type) => _book.Find(type);

    public TypeSchema? For(string? type) => _book.For(type);

    public async ValueTask<DeviceType?> Put(DeviceType type, long expectedVersion, CancellationToken cancellation = default)
    {
        await _book.Look(cancellation);
        var stored = await _book.Put(type, expectedVersion, cancellation);
        if (stored is not null)
            await Tell();

        return stored;
    }

    public async ValueTask<bool> Delete(DeviceTypeId type, long expectedVersion, CancellationToken cancellation = default)
    {
        await _book.Look(cancellation);
        var deleted = await _book.Delete(type, expectedVersion, cancellation);
        if (deleted)
            await Tell();

        return deleted;
    }

    public Task Look() => _book.Look(_stopping.Token);

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(ClusterDeviceTypes), LoadStage, Start, Stop);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_book.IsOpen ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The device types are not loaded yet."));

    public void Dispose()
    {
        _book.Dispose();
        _stopping.Dispose();
    }

    private async Task Start(CancellationToken cancellation)
    {
        // Silos that start at once put the same: the store takes the same again as done.
        await _book.Open(DeviceTypeFolder.Read(options.Value.Folder), cancellation);
        _looking = Task.Run(LookNowAndThen, CancellationToken.None);
    }

    private async Task Stop(CancellationToken cancellation)
    {
        await _stopping.CancelAsync();
        await _looking.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Asked for here and not when this is made: calls to other silos are only there once this one is.
    private Task Tell() => services.GetRequiredService<RuleAnnouncements>().AnnounceTypes();

    private async Task LookNowAndThen()
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
                await LookOrLog();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
    }

    private async Task LookOrLog()
    {
        try
        {
            await Look();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogNotRead(e);
        }
    }

    [LoggerMessage(5033, LogLevel.Warning, "The store's device types could not be looked at; those of before stay in force")]
    private partial void LogNotRead(Exception exception);
}
