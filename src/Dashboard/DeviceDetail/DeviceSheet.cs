using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Charts;
using OrleansIot.Dashboard.Display;
using OrleansIot.Dashboard.Live;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>What the page of one device knows: the twin, its metrics with their trends, the chart, its alerts and its last message.</summary>
public sealed class DeviceSheet(DeviceId device, ITwins twins, IReadingHistory history, IRules rules, IAlertBook alertBook, TimeProvider time)
{
    /// <summary>Tiles with a trend; a device with a thousand metrics does not ask for a thousand histories.</summary>
    public const int MaxTrends = 24;

    private const int TrendBuckets = 90;
    private const int ShownAlerts = 20;

    private static readonly TimeSpan TrendRange = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<MetricName, LiveSeries> _trends = [];
    private ChartRange? _asked;

    /// <summary>Null before loading, and for a device never heard of.</summary>
    public Twin? Twin { get; private set; }

    public RawMessage? LastMessage { get; private set; }

    /// <summary>Numbers first; see <see cref="MetricOrder"/>.</summary>
    public IReadOnlyList<MetricTile> Tiles { get; private set; } = [];

    /// <summary>Open ones first, then the past, newest first.</summary>
    public IReadOnlyList<Alert> Alerts { get; private set; } = [];

    /// <summary>Worst first, of equals the newest.</summary>
    public IReadOnlyList<Alert> OpenAlerts => Twin is null ? [] : [.. Twin.OpenAlerts.OrderByDescending(alert => alert.Severity).ThenByDescending(alert => alert.TriggeredAt)];

    public ChartRange Range { get; private set; } = ChartRange.Hour;

    /// <summary>The metric in the chart; null where none is a number.</summary>
    public MetricName? Charted { get; private set; }

    public LiveSeries? Chart { get; private set; }

    public IReadOnlyList<ChartLine> Lines { get; private set; } = [];

    /// <param name="metric">As asked for; what is wrong with the device, or its first number, otherwise.</param>
    /// <param name="range">Null for one that fits: an hour, or less for a device that is new.</param>
    public async Task Load(MetricName? metric, ChartRange? range, CancellationToken cancellation)
    {
        _asked = range;
        var view = await twins.Find(device, cancellation);
        (Twin, LastMessage) = (view?.Twin, view?.LastMessage);
        if (Twin is null)
            return;

        _trends.Clear();
        foreach (var last in MetricOrder.NumbersFirst(Twin.Readings).Where(last => last.Value.Kind == MetricKind.Number).Take(MaxTrends))
            _trends[last.Metric] = await LiveSeries.Load(history, device, last.Metric, TrendRange, TrendBuckets, Now, cancellation);

        await LoadAlerts(cancellation);
        Arrange();
        await ShowChart(metric, range, cancellation);
    }

    public async Task ShowChart(MetricName? metric, ChartRange? range, CancellationToken cancellation)
    {
        Charted = Choose(metric);
        Range = range ?? ChartRange.Hour;
        Chart = await Draw(Range, cancellation);
        if (range is null && Chart is { Points: [var first, ..] } && first.At > Now - ChartRange.Quarter.Span)
        {
            Range = ChartRange.Quarter;
            Chart = await Draw(Range, cancellation);
        }

        DrawLines();
    }

    public async Task Apply(FleetUpdate update, CancellationToken cancellation)
    {
        if (update.Incomplete || Twin is null)
        {
            await Load(Charted, Range, cancellation);
            return;
        }

        Twin = update.Twins.GetValueOrDefault(device, Twin);
        foreach (var reading in update.Readings)
            Carry(reading);

        if (update.Readings.Count > 0)
            LastMessage = (await twins.Find(device, cancellation))?.LastMessage ?? LastMessage;
        if (update.BeyondReadings)
            await LoadAlerts(cancellation);

        Arrange();
        if (Charted is null)
            await ShowChart(null, _asked, cancellation);
        else
            DrawLines();
    }

    /// <summary>Time passes in the chart also when nothing comes.</summary>
    public void PassTime() => Chart?.SlideTo(Now);

    /// <summary>Where the rules on a metric fire.</summary>
    public IReadOnlyList<double> LimitsOf(MetricName metric) =>
        [.. rules.For(device, Twin?.Description.Type).On(metric).Select(rule => rule.Condition.Threshold.Number).Where(double.IsFinite)];

    /// <summary>How far the metric went since the alert fired; null where its trend does not reach back that far.</summary>
    public (double Low, double High)? Since(Alert alert)
    {
        if (!_trends.TryGetValue(alert.Metric, out var trend) || alert.TriggeredAt < trend.From)
            return null;

        var points = trend.Points.Where(point => point.At + trend.Resolution > alert.TriggeredAt).ToList();
        return points.Count > 0 ? (points.Min(point => point.Min), points.Max(point => point.Max)) : null;
    }

    private Instant Now => Instant.From(time.GetUtcNow());

    private void Carry(Reading reading)
    {
        foreach (var metric in reading.Metrics)
        {
            if (metric.Value.Kind == MetricKind.Text)
                continue;

            if (_trends.TryGetValue(metric.Name, out var trend))
                trend.Add(reading.At, metric.Value.Number);
            if (metric.Name == Charted)
                Chart?.Add(reading.At, metric.Value.Number);
        }
    }

    private async Task<LiveSeries?> Draw(ChartRange range, CancellationToken cancellation) =>
        Charted is { } charted ? await LiveSeries.Load(history, device, charted, range.Span, range.Buckets, Now, cancellation) : null;

    private void Arrange()
    {
        var newest = Twin!.Readings.Select(last => last.At).DefaultIfEmpty().Max();
        Tiles = [.. MetricOrder.NumbersFirst(Twin.Readings).Select(last => new MetricTile(
            last,
            Twin.OpenAlerts.Where(alert => alert.Metric == last.Metric).Select(alert => (Domain.Rules.Severity?)alert.Severity).Max(),
            _trends.GetValueOrDefault(last.Metric),
            last.At < newest - StaleAfter))];
    }

    private MetricName? Choose(MetricName? asked)
    {
        var drawable = Tiles.Where(tile => tile.IsDrawable).ToList();
        var tile = drawable.Find(tile => tile.Metric == asked)
            ?? drawable.Where(tile => tile.Severity is not null).MaxBy(tile => tile.Severity)
            ?? drawable.FirstOrDefault();
        return tile?.Metric;
    }

    private void DrawLines()
    {
        var watching = Charted is { } charted ? rules.For(device, Twin?.Description.Type).On(charted) : [];
        Lines = [.. watching.Where(rule => double.IsFinite(rule.Condition.Threshold.Number)).SelectMany(LinesOf)];
    }

    private static IEnumerable<ChartLine> LinesOf(Domain.Rules.Rule rule)
    {
        var shape = Face.Of(rule.Severity).Shape;
        yield return new ChartLine(rule.Condition.Threshold.Number, rule.Name, shape, Clears: false);
        if (rule.ClearThreshold is { } clear)
            yield return new ChartLine(clear, $"{rule.Name}: clears", shape, Clears: true);
    }

    private async Task LoadAlerts(CancellationToken cancellation)
    {
        var page = await alertBook.List(new AlertQuery(Device: device, Limit: ShownAlerts), cancellation);
        Alerts = [.. page.Items.OrderByDescending(alert => alert.IsOpen)];
    }
}
