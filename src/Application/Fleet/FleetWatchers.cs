using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>Whoever watches the fleet: each with a bounded queue of its own that drops the oldest, so that a slow one costs nobody anything.</summary>
public sealed class FleetWatchers
{
    private ImmutableArray<FleetWatch> _watchers = [];

    /// <summary>Begins at once; ends when it is disposed of.</summary>
    public FleetWatch Open(FleetFilter filter)
    {
        var watch = new FleetWatch(filter, Close);
        ImmutableInterlocked.Update(ref _watchers, static (all, one) => all.Add(one), watch);
        return watch;
    }

    public async IAsyncEnumerable<FleetChange> Watch(FleetFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var watch = Open(filter);
        while (await watch.WaitToRead(cancellation))
        {
            while (watch.TryRead(out var change))
                yield return change;
        }
    }

    public void Tell(Twin before, Twin after, ImmutableArray<TwinEvent> events)
    {
        var watchers = _watchers;
        if (watchers.IsEmpty)
            return;

        foreach (var happened in events)
        {
            if (Change(before, after, happened) is { } change)
            {
                foreach (var watcher in watchers)
                    watcher.Offer(change);
            }

            // Only readings, descriptions and shadows say what changed without the twin as it was before.
            if (happened is not (TwinEvent.ReadingRecorded or TwinEvent.Described or TwinEvent.ShadowUpdated or TwinEvent.ShadowDeleted))
                before = TwinEvolution.Evolve(before, happened);
        }
    }

    /// <summary>Passes on what another silo's watchers were told.</summary>
    public void Tell(FleetChange change)
    {
        foreach (var watcher in _watchers)
            watcher.Offer(change);
    }

    private void Close(FleetWatch watch) => ImmutableInterlocked.Update(ref _watchers, static (all, one) => all.Remove(one), watch);

    private static FleetChange? Change(Twin before, Twin after, TwinEvent happened) => happened switch
    {
        TwinEvent.ReadingRecorded e => new FleetChange.ReadingArrived(after, e.Reading),

        // A device that comes back after a restart of the server, or over another connection, was online all the time.
        TwinEvent.CameOnline => before.Status == DeviceStatus.Online ? null : new FleetChange.StatusChanged(after),
        TwinEvent.WentOffline or TwinEvent.MaintenanceBegan or TwinEvent.MaintenanceEnded => new FleetChange.StatusChanged(after),
        TwinEvent.Described => new FleetChange.Described(after),
        TwinEvent.ShadowUpdated or TwinEvent.ShadowDeleted => new FleetChange.ShadowChanged(after),
        _ => TwinEvolution.AlertAfter(before, happened) is { } alert ? new FleetChange.AlertChanged(after, alert) : null,
    };
}
