using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>
/// A device type as its devices live it: which metrics they send, of which kind, between which values, and which every recent
/// reading has. A proposal for people: ranges are what was seen, and units are not in the data.
/// </summary>
public sealed class SchemaInference(IReadingHistory history)
{
    /// <summary>The newest of the range that are looked at one by one, of each device.</summary>
    public const int ReadingsPerDevice = 1_000;

    // Buckets that ranges are taken from: few, for only the extremes of all of them count.
    private const int Buckets = 100;

    /// <param name="derivedBy">The type that the devices are of: what it derives is not sent, and its units are known.</param>
    public async Task<DeviceType> Infer(
        DeviceTypeId id, IReadOnlyCollection<Twin> devices, Instant from, Instant to, TypeSchema? derivedBy, CancellationToken cancellation)
    {
        var seen = new SortedDictionary<MetricName, Seen>();
        var readings = 0;
        foreach (var twin in devices)
        {
            foreach (var reading in await history.Readings(twin.Device, from, to, ReadingsPerDevice, cancellation))
            {
                readings++;
                foreach (var metric in reading.Metrics)
                    Of(seen, metric.Name).Add(metric.Value, isReading: true);
            }

            foreach (var last in twin.Readings)
            {
                var metric = Of(seen, last.Metric);
                metric.Add(last.Value, isReading: false);
                if (last.Value.Kind == MetricKind.Number)
                    metric.Add(await history.Query(new SeriesQuery(twin.Device, last.Metric, from, to, Buckets), cancellation));
            }
        }

        return new DeviceType(
            id,
            id.Value,
            Description: null,
            [.. seen.Where(metric => derivedBy?.IsDerived(metric.Key) != true).Take(DeviceType.MaxMetrics).Select(metric => metric.Value.ToSchema(metric.Key, readings, derivedBy?.UnitOf(metric.Key)))],
            Derived: [],
            BreachPolicy.Flag,
            Strict: false,
            Version: 0);
    }

    private static Seen Of(SortedDictionary<MetricName, Seen> seen, MetricName name) => seen.TryGetValue(name, out var known) ? known : seen[name] = new Seen();

    private sealed class Seen
    {
        private readonly int[] _kinds = new int[Enum.GetValues<MetricKind>().Length];
        private int _inReadings;
        private double _min = double.PositiveInfinity;
        private double _max = double.NegativeInfinity;

        public void Add(MetricValue value, bool isReading)
        {
            _kinds[(int)value.Kind]++;
            _inReadings += isReading ? 1 : 0;
            if (value.Kind == MetricKind.Number)
                Widen(value.Number, value.Number);
        }

        public void Add(Series series)
        {
            foreach (var point in series.Points)
                Widen(point.Min, point.Max);
        }

        /// <summary>Of the kind that it mostly is.</summary>
        public MetricSchema ToSchema(MetricName name, int readings, string? unit)
        {
            var kind = (MetricKind)Array.IndexOf(_kinds, _kinds.Max());
            var ranges = kind == MetricKind.Number && _min <= _max;
            return new MetricSchema(name, kind, unit, ranges ? _min : null, ranges ? _max : null, Required: readings > 0 && _inReadings == readings);
        }

        private void Widen(double min, double max) => (_min, _max) = (Math.Min(_min, min), Math.Max(_max, max));
    }
}
