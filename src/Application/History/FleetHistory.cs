using System.Runtime.InteropServices;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;

namespace OrleansIot.Application.History;

/// <summary>Answers for many devices at once, from their roll-ups: a few rows of each, whatever the range.</summary>
public sealed class FleetHistory(IReadingHistory history)
{
    // Enough for a store behind a network; one in the process lets as many through as it has readers.
    private const int AtOnce = 8;

    /// <exception cref="SeriesTooLongException">It would have too many points.</exception>
    public async Task<FleetSeries> Query(FleetSeriesQuery query, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Devices.Count, FleetSeriesQuery.MostDevices, nameof(query));
        if (query.Resolution == HistoryResolution.Raw)
            throw new ArgumentException("Many devices are answered for from roll-ups.", nameof(query));

        var members = query.Devices;
        if (query is { Top: { } top, Order: { } order })
        {
            // First who they are, then their points: those of all devices together would be far too many to hold.
            var best = (await Gather(query, members, withPoints: false, cancellation)).Best(order, top);
            members = [.. members.Where(member => best.Contains(member.Group))];
        }

        return (await Gather(query, members, withPoints: true, cancellation)).ToSeries(query);
    }

    // Where readings would answer for one device, minutes do for many.
    private static SeriesQuery Of(FleetSeriesQuery query, FleetMember member) => new(
        member.Device, query.Metric, query.From, query.To, query.Points,
        query.Resolution ?? ((query.To - query.From) / query.Points < TimeSpan.FromMinutes(1) ? HistoryResolution.Minute : null));

    private async Task<Gathering> Gather(FleetSeriesQuery query, IReadOnlyList<FleetMember> members, bool withPoints, CancellationToken cancellation)
    {
        var gathering = new Gathering(withPoints);

        // In the order asked for, whoever answers first: sums of doubles differ in their last digits with it.
        foreach (var turn in members.Chunk(AtOnce * 16))
        {
            var answers = new Series[turn.Length];
            await Parallel.ForAsync(0, turn.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (i, token) =>
                answers[i] = await history.Query(Of(query, turn[i]), token));
            for (var i = 0; i < turn.Length; i++)
                gathering.Add(turn[i].Group, answers[i]);
        }

        return gathering;
    }

    private sealed class Gathering(bool withPoints)
    {
        private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
        private Series? _any;
        private int _points;

        public void Add(string name, Series series)
        {
            _any = series;
            if (series.Points.IsEmpty)
                return;

            ref var group = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, name, out _);
            group ??= new Group();
            var before = group.Buckets.Count;
            group.Add(series, withPoints);
            _points += group.Buckets.Count - before;
            if (_points > FleetSeriesQuery.MostPoints)
                throw new SeriesTooLongException($"The groups have more than {FleetSeriesQuery.MostPoints:N0} points together.");
        }

        public HashSet<string> Best(FleetOrder order, int top) => [.. InOrder(order).Take(top).Select(group => group.Key)];

        public FleetSeries ToSeries(FleetSeriesQuery query) => new(
            [.. InOrder(query.Order).Select(group => group.Value.Named(group.Key))],
            _any?.Resolution ?? TimeSpan.Zero,
            _any?.Source ?? query.Resolution ?? HistoryResolution.Minute);

        private IEnumerable<KeyValuePair<string, Group>> InOrder(FleetOrder? order)
        {
            var byName = _groups.OrderBy(group => group.Key, StringComparer.Ordinal);
            return order switch
            {
                null => byName,
                { Descending: true } => byName.OrderByDescending(group => ValueOf(group.Value.Whole).Of(order.By)),
                _ => byName.OrderBy(group => ValueOf(group.Value.Whole).Of(order.By)),
            };
        }
    }

    private sealed class Group
    {
        private Rollup _whole;
        private int _devices;

        public Dictionary<Instant, Rollup> Buckets { get; } = [];

        public Rollup Whole => _whole;

        public void Add(Series series, bool withPoints)
        {
            _devices++;
            foreach (var point in series.Points)
            {
                var values = new Rollup { Min = point.Min, Max = point.Max, Sum = point.Mean * point.Count, Count = point.Count };
                _whole.Merge(values);
                if (withPoints)
                    CollectionsMarshal.GetValueRefOrAddDefault(Buckets, point.At, out _).Merge(values);
            }
        }

        public FleetGroup Named(string name) => new(
            name, _devices, ValueOf(_whole), [.. Buckets.OrderBy(bucket => bucket.Key).Select(bucket => new FleetPoint(bucket.Key, ValueOf(bucket.Value)))]);
    }

    private static FleetValue ValueOf(in Rollup rollup) => new(rollup.Min, rollup.Max, rollup.Sum, rollup.Count);
}
