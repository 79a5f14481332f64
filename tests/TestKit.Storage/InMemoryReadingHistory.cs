using System.Collections.Immutable;
using OrleansIot.Application.History.Ports;
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
    private const long Minute = 60_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceId, List<Reading>> _readings = [];
    private Instant _readingsFrom = Instant.MinValue;
    private Instant _rollupsFrom = Instant.MinValue;

    /// <summary>Readings before it have expired.</summary>
    public Instant ReadingsFrom
    {
        get
        {
            lock (_lock)
                return _readingsFrom;
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
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Points, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Points, 5_000, nameof(query));
        lock (_lock)
        {
            var (from, to) = (query.From.UnixMilliseconds, query.To.UnixMilliseconds);
            var width = Math.Max(1, Ceiling(to - from, query.Points));
            var keptFrom = _readingsFrom.UnixMilliseconds;
            if (width >= Minute || query.From < _readingsFrom)
            {
                from = FloorToMinute(from);
                to = -FloorToMinute(-to);
                width = Math.Max(1, Ceiling(Ceiling(to - from, query.Points), Minute)) * Minute;
                keptFrom = -FloorToMinute(-_rollupsFrom.UnixMilliseconds);
            }

            var points = All(query.Device)
                .Where(reading => reading.At.UnixMilliseconds >= Math.Max(from, keptFrom) && reading.At.UnixMilliseconds < to)
                .SelectMany(reading => reading.Metrics
                    .Where(metric => metric.Name == query.Metric && metric.Value.Kind != MetricKind.Text)
                    .Select(metric => (Bucket: (reading.At.UnixMilliseconds - from) / width, metric.Value.Number)))
                .GroupBy(value => value.Bucket, value => value.Number)
                .OrderBy(bucket => bucket.Key)
                .Select(bucket => new SeriesPoint(new(from + (bucket.Key * width)), bucket.Min(), bucket.Average(), bucket.Max(), bucket.Count()));
            return ValueTask.FromResult(new Series([.. points], TimeSpan.FromMilliseconds(width)));
        }
    }

    public ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var inRange = All(device).Where(reading => reading.At >= from && reading.At >= _readingsFrom && reading.At < to).OrderBy(reading => reading.At);
            return ValueTask.FromResult<IReadOnlyList<Reading>>([.. inRange.TakeLast(limit)]);
        }
    }

    public ValueTask Expire(Instant readingsBefore, Instant rollupsBefore, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _readingsFrom = Later(_readingsFrom, readingsBefore);
            _rollupsFrom = Later(_rollupsFrom, rollupsBefore);
        }

        return ValueTask.CompletedTask;
    }

    private static Instant Later(Instant left, Instant right) => left > right ? left : right;

    private static long Ceiling(long value, long unit) => value <= 0 ? 0 : ((value - 1) / unit) + 1;

    private static long FloorToMinute(long time) => time - (((time % Minute) + Minute) % Minute);

    private List<Reading> All(DeviceId device) => _readings.GetValueOrDefault(device) ?? [];
}
