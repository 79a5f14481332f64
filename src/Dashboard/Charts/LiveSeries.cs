using OrleansIot.Application.History;
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
    // First, last, least and greatest: what is needed of a stretch to draw the line of all of it (Jugel et al., M4, VLDB 2014).
    private const int MostOfStretch = 4;

    private readonly TimeSpan _range;
    private readonly SeriesShape _shape;
    private readonly long _stretch;
    private readonly List<SeriesPoint> _points;

    private LiveSeries(MetricName metric, TimeSpan range, Instant origin, Instant until, int stretches, SeriesShape shape, Series loaded)
    {
        Metric = metric;
        Origin = origin;
        Until = until;
        Resolution = loaded.Resolution;
        _range = range;
        _shape = shape;
        _stretch = Math.Max(1, (long)range.TotalMilliseconds / stretches);
        _points = [.. loaded.Points];
    }

    public MetricName Metric { get; }

    /// <summary>Start of the first bucket or stretch as loaded. Later ones are whole widths away from it.</summary>
    public Instant Origin { get; }

    public Instant From => Until - _range;

    /// <summary>End of what is shown; moves with <see cref="SlideTo"/>.</summary>
    public Instant Until { get; private set; }

    /// <summary>Width of what a point stands for; zero where points are readings.</summary>
    public TimeSpan Resolution { get; }

    /// <summary>Of readings that come without a pause, points are no further apart than two of these.</summary>
    public TimeSpan Step => _shape == SeriesShape.Buckets || Resolution.TotalMilliseconds > _stretch ? Resolution : TimeSpan.FromMilliseconds(_stretch);

    /// <summary>By time; a bucket without a value is left out.</summary>
    public IReadOnlyList<SeriesPoint> Points => _points;

    public IReadOnlyList<double> Means => [.. _points.Select(point => point.Mean)];

    /// <summary>In buckets of equal width: for a trend, where single readings do not count.</summary>
    public static async Task<LiveSeries> Load(
        IReadingHistory history, DeviceId device, MetricName metric, TimeSpan range, int buckets, Instant now, CancellationToken cancellation)
    {
        var (from, until) = Whole(range, buckets, now);
        var series = await history.Query(new SeriesQuery(device, metric, from, until, buckets), cancellation);
        return new LiveSeries(metric, range, from, until, buckets, SeriesShape.Buckets, series);
    }

    /// <summary>
    /// The least and the greatest of each stretch: the readings themselves while they are kept and not too many, else the units of a
    /// roll-up. A peak of a single reading is in it however long the range is.
    /// </summary>
    /// <param name="isPast">What came after <paramref name="now"/> is left out; otherwise a device's clock may be a little ahead of ours.</param>
    public static async Task<LiveSeries> LoadPeaks(
        IReadingHistory history, DeviceId device, MetricName metric, TimeSpan range, int stretches, Instant now, bool isPast, CancellationToken cancellation)
    {
        var (from, until) = isPast ? (now - range, now) : Whole(range, stretches, now);
        var to = isPast ? until + TimeSpan.FromMilliseconds(1) : until;
        var most = (stretches * 2) + 2; // two of each stretch, and both ends
        var series = await history.Query(new SeriesQuery(device, metric, from, to, most, Shape: SeriesShape.MinMax), cancellation);
        return new LiveSeries(metric, range, from, until, stretches, SeriesShape.MinMax, series);
    }

    /// <summary>A value before what is shown is left out; one between others finds its place.</summary>
    public void Add(Instant at, double value)
    {
        if (at < From || double.IsNaN(value))
            return;

        var place = PlaceOf(at);
        var index = _points.Count;
        while (index > 0 && _points[index - 1].At > place)
            index--;

        // Of two readings at one moment the later to arrive comes last; a bucket or unit is one.
        if (Resolution > TimeSpan.Zero && index > 0 && _points[index - 1].At == place)
            _points[index - 1] = Merge(_points[index - 1], value);
        else
            _points.Insert(index, new SeriesPoint(place, value, value, value, 1));

        if (_shape != SeriesShape.Buckets)
            Thin(Math.Min(index, _points.Count - 1));
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

    // On whole buckets, so that loading again a moment later draws the same picture.
    private static (Instant From, Instant Until) Whole(TimeSpan range, int buckets, Instant now)
    {
        var width = (long)range.TotalMilliseconds / buckets;
        var until = new Instant(((now.UnixMilliseconds / width) + 1) * width);
        return (until - range, until);
    }

    private static SeriesPoint Merge(SeriesPoint point, double value) => new(
        point.At,
        Math.Min(point.Min, value),
        ((point.Mean * point.Count) + value) / (point.Count + 1),
        Math.Max(point.Max, value),
        point.Count + 1);

    private Instant PlaceOf(Instant at)
    {
        var width = (long)Resolution.TotalMilliseconds;
        if (width == 0)
            return at;

        // Units of roll-ups are those of UTC, buckets begin where the range did.
        var grid = _shape == SeriesShape.Buckets ? Origin.UnixMilliseconds : 0;
        return new(grid + (Floor(at.UnixMilliseconds - grid, width) * width));
    }

    /// <summary>Of a stretch only as many points stay as its line needs: a page that is open for days holds no more than one just opened.</summary>
    private void Thin(int index)
    {
        var stretch = StretchOf(index);
        var (start, end) = (index, index + 1);
        while (start > 0 && StretchOf(start - 1) == stretch)
            start--;
        while (end < _points.Count && StretchOf(end) == stretch)
            end++;

        if (end - start <= MostOfStretch)
            return;

        var (least, greatest) = (start, start);
        for (var i = start + 1; i < end; i++)
        {
            least = _points[i].Min < _points[least].Min ? i : least;
            greatest = _points[i].Max > _points[greatest].Max ? i : greatest;
        }

        for (var i = end - 2; i > start; i--)
        {
            if (i != least && i != greatest)
                _points.RemoveAt(i);
        }
    }

    private long StretchOf(int index) => Floor(_points[index].At.UnixMilliseconds - Origin.UnixMilliseconds, _stretch);

    private static long Floor(long value, long width) => (long)Math.Floor(value / (double)width);
}
