using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Charts;

/// <summary>
/// One metric over a stretch of time up to now: loaded from the history once, then carried on with each reading, so that a
/// live chart asks the store for nothing.
/// </summary>
public sealed class LiveSeries
{
    private readonly TimeSpan _range;
    private readonly List<SeriesPoint> _points;

    private LiveSeries(MetricName metric, TimeSpan range, Instant origin, Instant until, TimeSpan resolution, IEnumerable<SeriesPoint> points)
    {
        Metric = metric;
        _range = range;
        Origin = origin;
        Until = until;
        Resolution = resolution;
        _points = [.. points];
    }

    public MetricName Metric { get; }

    /// <summary>Start of the first bucket as loaded. Later buckets are whole resolutions away from it.</summary>
    public Instant Origin { get; }

    public Instant From => Until - _range;

    /// <summary>End of what is shown; moves with <see cref="SlideTo"/>.</summary>
    public Instant Until { get; private set; }

    public TimeSpan Resolution { get; }

    /// <summary>By time; a bucket without a value is left out.</summary>
    public IReadOnlyList<SeriesPoint> Points => _points;

    public IReadOnlyList<double> Means => [.. _points.Select(point => point.Mean)];

    public static async Task<LiveSeries> Load(
        IReadingHistory history, DeviceId device, MetricName metric, TimeSpan range, int buckets, Instant now, CancellationToken cancellation)
    {
        // On whole buckets, so that loading again a moment later draws the same picture.
        var width = (long)range.TotalMilliseconds / buckets;
        var until = new Instant(((now.UnixMilliseconds / width) + 1) * width);
        var from = until - range;
        var series = await history.Query(new SeriesQuery(device, metric, from, until, buckets), cancellation);
        return new LiveSeries(metric, range, from, until, series.Resolution, series.Points);
    }

    /// <summary>A value before what is shown is left out; one between others finds its bucket.</summary>
    public void Add(Instant at, double value)
    {
        if (at < From || double.IsNaN(value))
            return;

        var bucket = BucketOf(at);
        var index = _points.Count;
        while (index > 0 && _points[index - 1].At >= bucket)
            index--;

        if (index < _points.Count && _points[index].At == bucket)
            _points[index] = Merge(_points[index], value);
        else
            _points.Insert(index, new SeriesPoint(bucket, value, value, value, 1));

        if (at >= Until)
            SlideTo(at);
    }

    public void SlideTo(Instant now)
    {
        if (now <= Until)
            return;

        Until = now;
        var from = From;
        _points.RemoveAll(point => point.At + Resolution < from);
    }

    private Instant BucketOf(Instant at)
    {
        var width = Math.Max(1, (long)Resolution.TotalMilliseconds);
        return new(Origin.UnixMilliseconds + (long)Math.Floor((at.UnixMilliseconds - Origin.UnixMilliseconds) / (double)width) * width);
    }

    private static SeriesPoint Merge(SeriesPoint point, double value) => new(
        point.At,
        Math.Min(point.Min, value),
        ((point.Mean * point.Count) + value) / (point.Count + 1),
        Math.Max(point.Max, value),
        point.Count + 1);
}
