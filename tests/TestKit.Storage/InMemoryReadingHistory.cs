using System.Collections.Immutable;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.TestKit.Storage;

/// <summary>
/// Every reading in a list. Roll-ups are not kept but made when asked for, so readings that expired are only hidden until
/// their roll-ups expire too.
/// </summary>
public sealed class InMemoryReadingHistory : IReadingHistory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceId, List<Reading>> _readings = [];
    private KeptSince _kept = KeptSince.Ever;

    /// <summary>Readings before it have expired.</summary>
    public Instant ReadingsFrom
    {
        get
        {
            lock (_lock)
                return _kept.OfAny(HistoryResolution.Raw);
        }
    }

    public void Add(DeviceId device, Reading reading)
    {
        lock (_lock)
        {
            if (!_readings.TryGetValue(device, out var readings))
                _readings.Add(device, readings = []);

            readings.Add(reading);
        }
    }

    public ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var plan = SeriesPlan.For(query, _kept);
            if (plan.IsOfReadings && CountOf(query.Device, plan) > (plan.IsAsked ? SeriesPlan.MostChosenFrom : SeriesPlan.FewReadings))
                plan = plan.IsAsked ? throw new SeriesTooLongException("Too many readings.") : SeriesPlan.Coarser(query, _kept);

            var points = plan.IsOfReadings ? Values(query, plan) : Buckets(query, plan);
            return ValueTask.FromResult(new Series(
                plan.Shape switch
                {
                    SeriesShape.Lttb => Downsampling.Lttb(points, query.Points),
                    SeriesShape.MinMax => Downsampling.MinMax(points, query.Points),
                    _ => points,
                },
                TimeSpan.FromMilliseconds(plan.Width),
                plan.Level?.Resolution ?? HistoryResolution.Raw));
        }
    }

    public ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<Reading>>([.. InRange(device, from, to).TakeLast(limit)]);
    }

    public ValueTask<IReadOnlyList<Reading>> Oldest(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Reading[] inRange = [.. InRange(device, from, to)];
            return ValueTask.FromResult<IReadOnlyList<Reading>>(
                inRange.Length <= limit ? inRange : [.. inRange.TakeWhile(reading => reading.At <= inRange[limit - 1].At)]);
        }
    }

    public ValueTask Expire(KeptSince kept, CancellationToken cancellation)
    {
        lock (_lock)
            _kept = _kept.Raise(kept);

        return ValueTask.CompletedTask;
    }

    private IEnumerable<Reading> InRange(DeviceId device, Instant from, Instant to) =>
        All(device)
            .Where(reading => reading.At >= from && reading.At < to)
            .Select(reading => reading with { Metrics = reading.Metrics.RemoveAll(metric => reading.At < _kept.Of(metric.Name, HistoryResolution.Raw)) })
            .Where(reading => reading.Metrics.Length > 0)
            .OrderBy(reading => reading.At);

    private int CountOf(DeviceId device, SeriesPlan plan) =>
        All(device).Count(reading => reading.At.UnixMilliseconds >= Math.Max(plan.From, plan.KeptFrom) && reading.At.UnixMilliseconds < plan.To);

    private ImmutableArray<SeriesPoint> Values(SeriesQuery query, SeriesPlan plan) =>
        [.. Numbers(query, plan).OrderBy(value => value.At).Select(value => new SeriesPoint(new(value.At), value.Number, value.Number, value.Number, 1))];

    private ImmutableArray<SeriesPoint> Buckets(SeriesQuery query, SeriesPlan plan) =>
    [
        .. Numbers(query, plan)
            .GroupBy(value => (value.At - plan.From) / plan.Width, value => value.Number)
            .OrderBy(bucket => bucket.Key)
            .Select(bucket => new SeriesPoint(new(plan.From + (bucket.Key * plan.Width)), bucket.Min(), bucket.Average(), bucket.Max(), bucket.Count())),
    ];

    private IEnumerable<(long At, double Number)> Numbers(SeriesQuery query, SeriesPlan plan) =>
        from reading in All(query.Device)
        let at = reading.At.UnixMilliseconds
        where at >= plan.From && at < plan.To && at >= plan.KeptFrom
        from metric in reading.Metrics
        where metric.Name == query.Metric && metric.Value.Kind != MetricKind.Text
        select (at, metric.Value.Number);

    private List<Reading> All(DeviceId device) => _readings.GetValueOrDefault(device) ?? [];
}
