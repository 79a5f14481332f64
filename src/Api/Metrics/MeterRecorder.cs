using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Api.Metrics;

/// <summary>
/// Listens to meters from the start of the host on, and keeps their sums for <see cref="PrometheusText"/>. (Neither
/// OpenTelemetry's Prometheus exporter nor prometheus-net is a stable package that restores everywhere.)
/// </summary>
internal sealed class MeterRecorder : IDisposable
{
    // From half a millisecond, a good commit, to ten seconds, when somebody has given up.
    private static readonly double[] SecondsBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] OtherBounds = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 10_000, 100_000, 1_000_000];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _own;
    private readonly HashSet<string> _meters;
    private readonly int _maxSeries;
    private readonly Lock _collecting = new();
    private long _collection;
    private long _dropped;

    public MeterRecorder(IMeterFactory own, IOptions<MetricsOptions> options)
    {
        _own = own;
        _meters = [.. options.Value.Meters];
        _maxSeries = options.Value.MaxSeriesPerInstrument;
        own.Create(IngestStatistics.MeterName).CreateObservableCounter(
            "orleansiot_dropped_measurements", () => Interlocked.Read(ref _dropped), "{measurement}", "Measurements that are not shown because their metric has too many series.");
        _listener.InstrumentPublished = Subscribe;
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, family) => Measured(instrument, value, tags, family));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, family) => Measured(instrument, value, tags, family));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, family) => Measured(instrument, value, tags, family));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, family) => Measured(instrument, value, tags, family));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, family) => Measured(instrument, value, tags, family));
        _listener.SetMeasurementEventCallback<double>(Measured);
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, family) => Measured(instrument, (double)value, tags, family));
    }

    public void Start() => _listener.Start();

    /// <summary>Asks the observable instruments and answers with every family that has a series, in order of name.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        lock (_collecting)
        {
            _collection++;
            _listener.RecordObservableInstruments();
            foreach (var family in _families.Values)
            {
                foreach (var (labels, series) in family.Series)
                {
                    // An observable instrument no longer reports it: it is gone, not unchanged.
                    if (labels.Length > 0 && series.IsStale(_collection))
                        family.Remove(labels);
                }
            }

            return [.. _families.Values.Where(family => family.Series.Any()).OrderBy(family => family.Name, StringComparer.Ordinal)];
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Subscribe(Instrument instrument, MeterListener listener)
    {
        // Instruments of another host in this process belong to its own recorder.
        if (!_meters.Contains(instrument.Meter.Name) || (instrument.Meter.Scope is IMeterFactory factory && factory != _own))
            return;

        var type = MetricFamily.TypeOf(instrument);
        var name = PrometheusName.Of(instrument.Name, instrument.Unit, type);
        var family = _families.GetOrAdd(name, _ => new MetricFamily(name, HelpOf(instrument), type, BoundsOf(instrument, type), _maxSeries));
        if (family.Type == type)
            listener.EnableMeasurementEvents(instrument, family);
    }

    private void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var family = (MetricFamily)state!;
        if (family.Find(tags) is not { } series)
            Interlocked.Increment(ref _dropped);
        else if (family.Type == PrometheusType.Histogram)
            series.Record(value);
        else if (instrument.IsObservable)
            series.Observe(value, _collection, sum: !IsGauge(instrument));
        else if (IsGauge(instrument))
            series.Set(value);
        else
            series.Add(value);
    }

    private static bool IsGauge(Instrument instrument)
    {
        var definition = instrument.GetType().GetGenericTypeDefinition();
        return definition == typeof(Gauge<>) || definition == typeof(ObservableGauge<>);
    }

    private static string HelpOf(Instrument instrument) =>
        string.IsNullOrWhiteSpace(instrument.Description) ? $"{instrument.Name} of {instrument.Meter.Name}." : instrument.Description;

    private static double[] BoundsOf(Instrument instrument, PrometheusType type) => (type, instrument) switch
    {
        (not PrometheusType.Histogram, _) => [],
        (_, Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } advised }) => [.. advised],
        _ => instrument.Unit == "s" ? SecondsBounds : OtherBounds,
    };
}
