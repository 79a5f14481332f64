using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>Whoever watches the fleet: each with a bounded queue of its own that drops the oldest, so that a slow one costs nobody anything.</summary>
public sealed class FleetWatchers
{
    // A second of 8,000 readings/s; a dashboard or stream that is further behind shows the newest anyway.
    private const int QueueLength = 8_192;

    private ImmutableArray<Watcher> _watchers = [];

    public async IAsyncEnumerable<FleetChange> Watch(FleetFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var watcher = new Watcher(filter);
        ImmutableInterlocked.Update(ref _watchers, static (all, one) => all.Add(one), watcher);
        try
        {
            await foreach (var change in watcher.Changes(cancellation))
                yield return change;
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, static (all, one) => all.Remove(one), watcher);
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

            // Only alerts need the twin as it was before each event.
            if (happened is TwinEvent.AlertTriggered or TwinEvent.AlertAcknowledged or TwinEvent.AlertResolved)
                before = TwinEvolution.Evolve(before, happened);
        }
    }

    /// <summary>Passes on what another silo's watchers were told.</summary>
    public void Tell(FleetChange change)
    {
        foreach (var watcher in _watchers)
            watcher.Offer(change);
    }

    private static FleetChange? Change(Twin before, Twin after, TwinEvent happened) => happened switch
    {
        TwinEvent.ReadingRecorded e => new FleetChange.ReadingArrived(after, e.Reading),
        TwinEvent.CameOnline or TwinEvent.WentOffline => new FleetChange.StatusChanged(after),
        TwinEvent.Described => new FleetChange.Described(after),
        _ => TwinEvolution.AlertAfter(before, happened) is { } alert ? new FleetChange.AlertChanged(after, alert) : null,
    };

    private sealed class Watcher
    {
        private readonly FleetFilter _filter;
        private readonly Channel<FleetChange> _queue;
        private long _missed;

        public Watcher(FleetFilter filter)
        {
            _filter = filter;
            var options = new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
            _queue = Channel.CreateBounded<FleetChange>(options, dropped => Interlocked.Add(ref _missed, dropped.Missed + 1));
        }

        public void Offer(FleetChange change)
        {
            if ((_filter.Device is null || change.Twin.Device == _filter.Device) && (_filter.Readings || change is not FleetChange.ReadingArrived))
                _queue.Writer.TryWrite(change);
        }

        public async IAsyncEnumerable<FleetChange> Changes([EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var change in _queue.Reader.ReadAllAsync(cancellation))
            {
                var missed = Interlocked.Exchange(ref _missed, 0);
                yield return missed == 0 ? change : change with { Missed = change.Missed + missed };
            }
        }
    }
}
