using System.Collections.Immutable;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Rollups;

/// <summary>The buckets of one answer while values are put into them.</summary>
/// <param name="keptFrom">What is before has expired.</param>
public sealed class SeriesBuckets(SeriesPlan plan, MetricName metric, long keptFrom)
{
    private readonly MinuteRollup[] _buckets = new MinuteRollup[plan.Buckets];

    public void AddChunk(byte[] chunk)
    {
        var readings = new ReadingChunkReader(chunk);
        while (readings.Read())
        {
            if (readings.At < plan.From || readings.At >= plan.To || readings.At < keptFrom)
                continue;

            var place = readings.Names.IndexOf(metric);
            if (place >= 0 && readings.Values[place].Kind != MetricKind.Text)
                _buckets[(readings.At - plan.From) / plan.Width].Add(readings.Values[place].Number);
        }
    }

    /// <summary>A reading that is in no chunk yet.</summary>
    public void Add(Reading reading)
    {
        var at = reading.At.UnixMilliseconds;
        if (at < plan.From || at >= plan.To || at < keptFrom)
            return;

        foreach (var value in reading.Metrics)
        {
            if (value.Name != metric)
                continue;

            if (value.Value.Kind != MetricKind.Text)
                _buckets[(at - plan.From) / plan.Width].Add(value.Value.Number);

            return;
        }
    }

    public void AddHour(long hour, ReadOnlySpan<MinuteRollup> minutes)
    {
        for (var i = 0; i < minutes.Length; i++)
        {
            var at = (hour * HourRollups.HourMilliseconds) + (i * HourRollups.MinuteMilliseconds);
            if (at >= plan.From && at < plan.To && at >= keptFrom)
                _buckets[(at - plan.From) / plan.Width].Merge(minutes[i]);
        }
    }

    public Series ToSeries()
    {
        var points = ImmutableArray.CreateBuilder<SeriesPoint>();
        for (var i = 0; i < _buckets.Length; i++)
        {
            var bucket = _buckets[i];
            if (bucket.Count > 0)
                points.Add(new SeriesPoint(new Instant(plan.From + (i * plan.Width)), bucket.Min, bucket.Sum / bucket.Count, bucket.Max, bucket.Count));
        }

        return new Series(points.DrainToImmutable(), TimeSpan.FromMilliseconds(plan.Width));
    }
}
