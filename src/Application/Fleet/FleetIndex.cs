using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>
/// Every twin as it is believed now, counted as it changes: what lists and searches read without asking any owner. Twins are
/// immutable, so this holds references and copies nothing.
/// </summary>
public sealed class FleetIndex : IFleet, ITwinAudience, IDisposable
{
    private readonly TimeProvider _time;
    private readonly FleetOutages _outages;
    private readonly ConcurrentDictionary<DeviceId, Listed> _twins = new();
    private readonly FleetTally _tally = new();
    private readonly FleetWatchers _watchers = new();
    private readonly Lock _sorting = new();
    private DeviceId[]? _sorted = [];

    public FleetIndex(TimeProvider time, IOptions<MassDisconnectOptions> options, ILogger<FleetIndex> log)
    {
        _time = time;
        _outages = new FleetOutages(options.Value, time, _watchers.Tell, log);
    }

    public TwinView? Find(DeviceId device) => _twins.GetValueOrDefault(device)?.View;

    /// <summary>In no order.</summary>
    public IEnumerable<Twin> All() => _twins.Select(entry => entry.Value.View.Twin);

    public ValueTask<FleetCounts> Counts(CancellationToken cancellation = default) => new(_tally.Counts() with { Outage = _outages.Current });

    public ValueTask<DevicePage> List(DeviceQuery query, CancellationToken cancellation = default) =>
        new(FleetListing.List(query.Sort is null ? InOrderOfId() : All(), query, Instant.From(_time.GetUtcNow())));

    public ValueTask<FleetParts> Parts(CancellationToken cancellation = default) => new(FleetParts.Of(All()));

    public IAsyncEnumerable<FleetChange> Watch(FleetFilter filter, CancellationToken cancellation) => _watchers.Watch(filter, cancellation);

    /// <summary>As <see cref="Watch"/>, for whoever reads in steps of its own.</summary>
    public FleetWatch Open(FleetFilter filter) => _watchers.Open(filter);

    public void Announce(Twin before, TwinView after, ImmutableArray<TwinEvent> events)
    {
        // Changes of one device come one after the other: its place is found once, and written without the dictionary's lock.
        Twin? listed = null;
        if (_twins.TryGetValue(before.Device, out var place))
        {
            listed = place.View.Twin;
            place.View = after;
        }
        else
        {
            _twins[before.Device] = new Listed(after);
            lock (_sorting)
                _sorted = null;
        }

        _tally.Replace(listed, after.Twin);

        // First, so that whoever has heard of the device's status finds it counted.
        if (listed is not null && listed.Status != after.Twin.Status)
            _outages.StatusChanged(after.Twin, _tally.Online);

        _watchers.Tell(before, after.Twin, events);
    }

    /// <summary>Its owner here gave it up; another will announce it elsewhere.</summary>
    public void Forget(DeviceId device)
    {
        if (!_twins.TryRemove(device, out var listed))
            return;

        _tally.Remove(listed.View.Twin);
        _outages.Forget(device);
        lock (_sorting)
            _sorted = null;
    }

    public void Dispose() => _outages.Dispose();

    private IEnumerable<Twin> InOrderOfId()
    {
        DeviceId[] sorted;
        lock (_sorting)
            sorted = _sorted ??= [.. _twins.Keys.Order()];

        foreach (var device in sorted)
        {
            // May have been forgotten meanwhile.
            if (_twins.TryGetValue(device, out var listed))
                yield return listed.View.Twin;
        }
    }

    private sealed class Listed(TwinView view)
    {
        private volatile TwinView _view = view;

        public TwinView View
        {
            get => _view;
            set => _view = value;
        }
    }
}
