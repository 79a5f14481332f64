using System.Globalization;
using System.Text;
using OrleansIot.Dashboard.Display;
using OrleansIot.Domain;

namespace OrleansIot.Dashboard.Charts;

/// <summary>
/// Where everything in a chart stands. Paths are in the data's own units (seconds since the series' origin, value above
/// <see cref="Base"/>) and <see cref="Transform"/> lays them out: as time passes only that short attribute changes, and the
/// crosshair in the browser reads exact values off the path.
/// </summary>
internal sealed class ChartGeometry
{
    /// <summary>The plot is this many units wide and high; the browser stretches it.</summary>
    public const int Extent = 1_000;

    /// <summary>Pixels on every screen; only the width follows the window.</summary>
    public const int Height = 280;

    /// <summary>Up to so many values are dots too: a line alone would claim to know what was between them.</summary>
    public const int FewPoints = 40;

    // A pause of more than this many buckets, or of the device's usual pauses, is shown as a gap and not bridged by a line.
    private const int GapAfter = 4;

    // A gap narrower than this share of the chart is seen well enough without being marked.
    private const double MarkedGap = 0.04;

    private static readonly TimeSpan[] TimeSteps =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromDays(1),
        TimeSpan.FromDays(2), TimeSpan.FromDays(5), TimeSpan.FromDays(10), TimeSpan.FromDays(30), TimeSpan.FromDays(60),
    ];

    private readonly Instant _from;
    private readonly Instant _until;
    private readonly TimeSpan _longestPause;

    /// <param name="unit">As the device's type states it; null where it does not.</param>
    public ChartGeometry(LiveSeries series, IEnumerable<ChartLine> lines, string? unit = null)
    {
        (_from, _until) = (series.From, series.Until);
        _longestPause = LongestPause(series);
        Left = (series.From - series.Origin).TotalSeconds;
        Span = (series.Until - series.From).TotalSeconds;
        var points = series.Points;
        Base = points.Count > 0 ? points[0].Mean : 0;
        Low = points.Count > 0 ? points.Min(point => point.Min) : 0;
        High = points.Count > 0 ? points.Max(point => point.Max) : 1;

        var reach = Math.Max(High - Low, Math.Abs(High) * 0.05);
        var levels = lines.ToLookup(line => line.Value >= Low - reach && line.Value <= High + reach);
        Lines = [.. levels[true]];
        LinesOutOfView = [.. levels[false]];
        Low = Lines.Select(line => line.Value).Append(Low).Min();
        High = Lines.Select(line => line.Value).Append(High).Max();

        var margin = High > Low ? (High - Low) * 0.06 : Math.Max(Math.Abs(High) * 0.05, 0.5);
        (Low, High) = (Low - margin, High + margin);
        (Divisor, Suffix) = MetricText.Scale(series.Metric, Math.Max(Math.Abs(Low), Math.Abs(High)), unit);
        ValueTicks = [.. TicksBetween(Low / Divisor, High / Divisor).Select(tick => tick * Divisor)];
        TimeTicks = TicksBetween(series.From, series.Until);
        (Mean, Band, Dots) = Draw(series);
        Gaps = GapsOf(series);

        List<ChartLine> named = [.. Lines.Where(line => !line.Clears)];
        var baselines = ThresholdLabels.Baselines([.. named.Select(line => Height * Down(line.Value))], Height);
        LineNames = [.. named.Zip(baselines)];
    }

    /// <summary>What stands in the chart is the value divided by this, and <see cref="Suffix"/>: <c>3.2 GiB</c>.</summary>
    public double Divisor { get; }

    public string Suffix { get; }

    public double Base { get; }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<ChartLine> Lines { get; }

    /// <summary>Too far from the data to be drawn without flattening it.</summary>
    public IReadOnlyList<ChartLine> LinesOutOfView { get; }

    /// <summary>Of the lines where a rule fires, and how many pixels from the top each one's name stands.</summary>
    public IReadOnlyList<(ChartLine Line, int Baseline)> LineNames { get; }

    public IReadOnlyList<double> ValueTicks { get; }

    public IReadOnlyList<Instant> TimeTicks { get; }

    /// <summary>How the browser writes them: the time of day, or the date where they are days apart.</summary>
    public string TickFormat => Span > TimeSpan.FromDays(3).TotalSeconds ? "date" : "minute";

    public string Mean { get; }

    /// <summary>From the greatest to the least of each bucket, a closed figure for each stretch without a gap; empty where points are readings.</summary>
    public string Band { get; }

    /// <summary>Values that no line would show, or all of them where they are few.</summary>
    public string Dots { get; }

    /// <summary>From where to where nothing was heard, where that is wide enough to be marked.</summary>
    public IReadOnlyList<(Instant From, Instant Until)> Gaps { get; }

    /// <summary>Seconds from the origin of the paths to the left edge.</summary>
    public double Left { get; }

    public double Span { get; }

    public string Transform
    {
        get
        {
            var x = Extent / Span;
            var y = Extent / (High - Low);
            return string.Create(CultureInfo.InvariantCulture, $"matrix({x:G8} 0 0 {-y:G8} {-Left * x:G8} {(High - Base) * y:G8})");
        }
    }

    public string PercentDown(double value) => Percent(Down(value));

    public string Label(double value) => Numbers.Value(value / Divisor);

    public string PercentAcross(Instant at) => Percent((at - _from).TotalSeconds / Span);

    public string PercentWide(TimeSpan span) => Percent(span.TotalSeconds / Span);

    private double Down(double value) => (High - value) / (High - Low);

    private static string Percent(double share) => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static double[] TicksBetween(double low, double high)
    {
        var rough = (high - low) / 5;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * ((rough / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        var first = Math.Ceiling(low / step);
        var count = (int)(Math.Floor(high / step) - first) + 1;
        return [.. Enumerable.Range(0, Math.Max(0, count)).Select(i => (first + i) * step)];
    }

    private static Instant[] TicksBetween(Instant from, Instant until)
    {
        var step = (long)TimeSteps.FirstOrDefault(step => (until - from) / step <= 7, TimeSteps[^1]).TotalMilliseconds;
        var first = ((from.UnixMilliseconds / step) + 1) * step;
        var count = (int)((until.UnixMilliseconds - first) / step) + 1;
        return [.. Enumerable.Range(0, Math.Max(0, count)).Select(i => new Instant(first + (i * step)))];
    }

    private static TimeSpan LongestPause(LiveSeries series)
    {
        var points = series.Points;
        var pauses = Enumerable.Range(1, Math.Max(0, points.Count - 1)).Select(i => points[i].At - points[i - 1].At).Order().ToList();
        var usual = pauses.Count > 1 ? pauses[(pauses.Count - 1) / 2] : TimeSpan.Zero; // one pause may be the outage itself
        return GapAfter * (usual > series.Step ? usual : series.Step);
    }

    private List<(Instant From, Instant Until)> GapsOf(LiveSeries series)
    {
        var marked = (_until - _from) * MarkedGap;
        var heard = series.Points.Select(point => (From: point.At, Until: point.At + series.Resolution)).Append((_until, _until));
        var gaps = new List<(Instant, Instant)>();
        var silentSince = _from;
        foreach (var (from, until) in heard)
        {
            if (from - silentSince > _longestPause && from - silentSince > marked)
                gaps.Add((silentSince, from));

            silentSince = until;
        }

        return gaps;
    }

    private (string Mean, string Band, string Dots) Draw(LiveSeries series)
    {
        var points = series.Points;
        var hasBand = series.Resolution > TimeSpan.Zero;
        var mean = new StringBuilder(points.Count * 12);
        var band = new StringBuilder(hasBand ? points.Count * 24 : 0);
        var dots = new StringBuilder();
        var start = 0;
        while (start < points.Count)
        {
            var end = start + 1;
            while (end < points.Count && points[end].At - points[end - 1].At <= _longestPause)
                end++;

            for (var i = start; i < end; i++)
                Append(mean, i == start, SecondsAt(i), points[i].Mean);
            if (hasBand)
                DrawBand(start, end);

            for (var i = start; i < end && (end == start + 1 || points.Count <= FewPoints); i++)
            {
                Append(dots, true, SecondsAt(i), points[i].Mean);
                dots.Append("h0"); // with round caps, a dot
            }

            start = end;
        }

        return (mean.ToString(), band.ToString(), dots.ToString());

        void DrawBand(int start, int end)
        {
            for (var i = start; i < end; i++)
                Append(band, i == start, SecondsAt(i), points[i].Max);
            for (var i = end - 1; i >= start; i--)
                Append(band, false, SecondsAt(i), points[i].Min);

            band.Append('Z');
        }

        double SecondsAt(int index) => (points[index].At - series.Origin).TotalSeconds;
    }

    private void Append(StringBuilder path, bool isFirst, double seconds, double value) =>
        path.Append(isFirst ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{seconds:0.#} {value - Base:G7}");
}
