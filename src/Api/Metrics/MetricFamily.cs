using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrleansIot.Api.Metrics;

/// <summary>All series of one Prometheus name. Instruments of the same name share it, so no series is shown twice.</summary>
internal sealed class MetricFamily(string name, string help, PrometheusType type, double[] bounds, int maxSeries)
{
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private MetricSeries? _unlabelled;

    public string Name => name;

    public string Help => help;

    public PrometheusType Type => type;

    public IEnumerable<KeyValuePair<string, MetricSeries>> Series => _series.OrderBy(entry => entry.Key, StringComparer.Ordinal);

    /// <summary>Null: there are too many already.</summary>
    public MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return _unlabelled ??= _series.GetOrAdd("", _ => new MetricSeries(bounds));

        var labels = MetricLabels.Of(tags);
        if (_series.TryGetValue(labels, out var series))
            return series;

        return _series.Count < maxSeries ? _series.GetOrAdd(labels, _ => new MetricSeries(bounds)) : null;
    }

    public void Remove(string labels) => _series.TryRemove(labels, out _);

    public static PrometheusType TypeOf(Instrument instrument)
    {
        var definition = instrument.GetType().GetGenericTypeDefinition();
        if (definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>))
            return PrometheusType.Counter;

        return definition == typeof(Histogram<>) ? PrometheusType.Histogram : PrometheusType.Gauge;
    }
}
