using System.Collections;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>The newest value of each metric of a device, in the order in which they first came.</summary>
public sealed class LastValues : IReadOnlyList<LastValue>, IEquatable<LastValues>
{
    public static readonly LastValues None = new([]);

    private readonly LastValue[] _values;

    private LastValues(LastValue[] values) => _values = values;

    public int Count => _values.Length;

    public LastValue this[int index] => _values[index];

    public LastValue? Find(MetricName metric)
    {
        var index = IndexOf(metric, 0);
        return index < 0 ? null : _values[index];
    }

    /// <summary>How many metrics of the reading were not known before.</summary>
    public int CountNew(Reading reading)
    {
        var added = 0;
        for (var i = 0; i < reading.Metrics.Length; i++)
        {
            if (IndexOf(reading.Metrics[i].Name, i) < 0)
                added++;
        }

        return added;
    }

    /// <summary>Whether a value measured at <paramref name="at"/> would be the newest of its metric. Of two at one moment the later to arrive is.</summary>
    public bool WouldBeNewest(MetricName metric, Instant at, int hint = 0)
    {
        var index = IndexOf(metric, hint);
        return index < 0 || at >= _values[index].At;
    }

    /// <summary>A late reading changes only the metrics that have nothing newer.</summary>
    public LastValues With(Reading reading)
    {
        var values = _values.ToArray();
        var added = 0;
        for (var i = 0; i < reading.Metrics.Length; i++)
        {
            var metric = reading.Metrics[i];
            var index = IndexOf(metric.Name, i);
            if (index < 0)
                added++;
            else if (reading.Moment >= values[index].At)
                values[index] = new LastValue(metric.Name, metric.Value, reading.Moment);
        }

        return new(added == 0 ? values : [.. values, .. New(reading)]);
    }

    public static LastValues Of(IEnumerable<LastValue> values) => new([.. values]);

    public IEnumerator<LastValue> GetEnumerator() => ((IEnumerable<LastValue>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(LastValues? other) => other is not null && _values.AsSpan().SequenceEqual(other._values);

    public override bool Equals(object? obj) => Equals(obj as LastValues);

    public override int GetHashCode() => _values.Length;

    private IEnumerable<LastValue> New(Reading reading) =>
        reading.Metrics.Where(metric => IndexOf(metric.Name, 0) < 0).Select(metric => new LastValue(metric.Name, metric.Value, reading.Moment));

    // A device tends to send the same metrics in the same order, so the place in the reading is tried first.
    private int IndexOf(MetricName metric, int hint)
    {
        if (hint < _values.Length && _values[hint].Metric == metric)
            return hint;

        for (var i = 0; i < _values.Length; i++)
        {
            if (_values[i].Metric == metric)
                return i;
        }

        return -1;
    }
}
