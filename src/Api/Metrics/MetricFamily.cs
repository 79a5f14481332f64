using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OrleansIot.Api.Metrics;

/// <summary>All series of one Prometheus name. Instruments of the same name share it, so no series is shown twice.</summary>
internal sealed class MetricFamily(string name, string help, PrometheusType type, double[] bounds, int maxSeries)
{
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);

    // What nearly all counters have is one label with a text: found without writing the labels out.
    private readonly ConcurrentDictionary<(string Key, string Value), MetricSeries> _byOneLabel = new();
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

        if (tags is not [{ Value: string value } label])
            return Find(MetricLabels.Of(tags));

        if (_byOneLabel.TryGetValue((label.Key, value), out var known))
            return known;

        if (Find(MetricLabels.Of(tags)) is not { } found)
            return null;

        _byOneLabel[(label.Key, value)] = found;
        return found;
    }

    public void Remove(string labels)
    {
        _series.TryRemove(labels, out _);
        _byOneLabel.Clear();
    }

    private MetricSeries? Find(string labels) =>
        _series.TryGetValue(labels, out var series) ? series
        : _series.Count < maxSeries ? _series.GetOrAdd(labels, _ => new MetricSeries(bounds))
        : null;

    public static PrometheusType TypeOf(Instrument instrument)
    {
        var definition = instrument.GetType().GetGenericTypeDefinition();
        if (definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>))
            return PrometheusType.Counter;

        return definition == typeof(Histogram<>) ? PrometheusType.Histogram : PrometheusType.Gauge;
    }
}
