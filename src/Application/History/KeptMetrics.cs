using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History;

/// <summary>Takes from readings what has expired, metric by metric.</summary>
public sealed class KeptMetrics(KeptSince kept)
{
    private readonly Dictionary<MetricName, Instant> _since = [];

    /// <summary>Readings before it have nothing left.</summary>
    public Instant From { get; } = kept.OfAny(HistoryResolution.Raw);

    /// <summary>The reading as far as it is kept; null where that is not at all.</summary>
    public Reading? Of(Reading reading)
    {
        if (kept.IsUniform)
            return reading.At >= From ? reading : null;

        var isWhole = true;
        foreach (var metric in reading.Metrics)
            isWhole &= IsKept(metric.Name, reading.At);

        if (isWhole)
            return reading;

        var left = reading.Metrics.RemoveAll(metric => !IsKept(metric.Name, reading.At));
        return left.IsEmpty ? null : reading with { Metrics = left };
    }

    private bool IsKept(MetricName metric, Instant at)
    {
        if (!_since.TryGetValue(metric, out var since))
            _since.Add(metric, since = kept.Of(metric, HistoryResolution.Raw));

        return at >= since;
    }
}
