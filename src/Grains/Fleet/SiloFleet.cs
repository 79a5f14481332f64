using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Grains.Fleet;

/// <inheritdoc cref="ISiloFleet"/>
internal sealed class SiloFleet(GrainId id, Silo silo, ILoggerFactory logs, FleetIndex ownedHere, TimeProvider time) : GrainService(id, silo, logs), ISiloFleet
{
    // A fraction of a second of a busy fleet, some hundred kilobytes: what gathers meanwhile comes with the next.
    private const int MostAtOnce = 512;

    // Well below the 30 s after which a call counts as lost.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Watched> _watches = new();
    private ITimer? _sweep;

    public override Task Start()
    {
        _sweep = time.CreateTimer(_ => CloseAbandoned(), null, Kept, Kept);
        return base.Start();
    }

    public override Task Stop()
    {
        _sweep?.Dispose();
        foreach (var watch in _watches.Keys)
            Remove(watch);

        return base.Stop();
    }

    public Task<FleetCounts> Counts() => ownedHere.Counts().AsTask();

    public Task<FleetParts> Parts() => ownedHere.Parts().AsTask();

    public Task<DevicePage> List(DeviceQuery query) => ownedHere.List(query).AsTask();

    public Task<Guid> Open(FleetFilter filter)
    {
        var watch = Guid.NewGuid();
        _watches[watch] = new Watched(ownedHere.Open(filter), WithShadows: filter.Device is not null) { AskedAt = time.GetTimestamp() };
        return Task.FromResult(watch);
    }

    public async Task<ImmutableArray<FleetChange>?> Next(Guid watch)
    {
        if (!_watches.TryGetValue(watch, out var watched))
            return null;

        watched.AskedAt = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Wait, time);
        try
        {
            if (!await watched.Watch.WaitToRead(limit.Token))
                return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return [];
        }

        var changes = ImmutableArray.CreateBuilder<FleetChange>();
        while (changes.Count < MostAtOnce && watched.Watch.TryRead(out var change))
            changes.Add(watched.WithShadows || change.Twin.Shadows.IsEmpty ? change : change with { Twin = change.Twin with { Shadows = [] } });

        return changes.DrainToImmutable();
    }

    public Task Close(Guid watch)
    {
        Remove(watch);
        return Task.CompletedTask;
    }

    private void CloseAbandoned()
    {
        foreach (var (watch, watched) in _watches)
        {
            if (time.GetElapsedTime(watched.AskedAt) > Kept)
                Remove(watch);
        }
    }

    private void Remove(Guid watch)
    {
        if (_watches.TryRemove(watch, out var watched))
            watched.Watch.Dispose();
    }

    /// <param name="WithShadows">Whoever watches one device may show its shadows; of a whole fleet's nobody does, and 20 of 8 KiB a device would go along with each reading.</param>
    private sealed record Watched(FleetWatch Watch, bool WithShadows)
    {
        public long AskedAt { get; set; }
    }
}
