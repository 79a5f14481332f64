using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Past;
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

/// <summary>
/// What the page of one device knows: the twin, its metrics with their trends, the chart, its alerts and its last message; now, or as
/// they were at some moment.
/// </summary>
public sealed class DeviceSheet(
    DeviceId device, ITwins twins, TwinPast past, IReadingHistory history, IRules rules, IDeviceTypes types, IAlertBook alertBook, TimeProvider time)
{
    /// <summary>Tiles with a trend; a device with a thousand metrics does not ask for a thousand histories.</summary>
    public const int MaxTrends = 24;

    private const int TrendBuckets = 90;
    private const int ShownAlerts = 20;

    private static readonly TimeSpan TrendRange = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(1);

    private readonly Dictionary<MetricName, LiveSeries> _trends = [];
    private ChartRange? _asked;
    private Instant? _moment;
    private IReadOnlyList<Alert> _alerts = [];

    /// <summary>As it is now. Null before loading, and for a device never heard of.</summary>
    public Twin? Live { get; private set; }

    /// <summary>Null while what is shown is now.</summary>
    public PastLook? Past { get; private set; }

    /// <summary>What is shown: as it is, or as it was. Null where nothing was heard of it.</summary>
    public Twin? Twin => Past is null ? Live : Past.Twin;

    public RawMessage? LastMessage { get; private set; }

    /// <summary>Numbers first; see <see cref="MetricOrder"/>.</summary>
    public IReadOnlyList<MetricTile> Tiles { get; private set; } = [];

    /// <summary>Open ones first, then the past, newest first; of a moment those that were open.</summary>
    public IReadOnlyList<Alert> Alerts => Past is null ? _alerts : OpenAlerts;

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
        var view = await twins.Find(device, cancellation);
        (Live, LastMessage) = (view?.Twin, view?.LastMessage);
        if (Live is null)
            return;

        _trends.Clear();
        foreach (var last in MetricOrder.NumbersFirst(Live.Readings).Where(last => last.Value.Kind == MetricKind.Number).Take(MaxTrends))
            _trends[last.Metric] = await LiveSeries.Load(history, device, last.Metric, TrendRange, TrendBuckets, Now, cancellation);

        await LoadAlerts(cancellation);
        Arrange();
        await ShowChart(metric, range, cancellation);
    }

    public async Task ShowChart(MetricName? metric, ChartRange? range, CancellationToken cancellation)
    {
        _asked = range;
        Charted = Choose(metric);
        Range = range ?? ChartRange.Hour;
        var moment = _moment;
        var chart = await Draw(Range, moment ?? Now, cancellation);
        if (range is null && chart is { Points: [var first, ..] } && first.At > (moment ?? Now) - ChartRange.Quarter.Span)
        {
            Range = ChartRange.Quarter;
            chart = await Draw(Range, moment ?? Now, cancellation);
        }

        if (moment != _moment)
            return; // somebody looks elsewhere by now

        Chart = chart;
        DrawLines();
    }

    /// <summary>Shows the device as it was. While one moment is looked up others may be asked for: the last one counts.</summary>
    /// <param name="at">Null: as it is.</param>
    public async Task LookAt(Instant? at, CancellationToken cancellation)
    {
        _moment = at;
        if (at is not { } moment)
        {
            Past = null;
            await Load(Charted, _asked, cancellation);
            return;
        }

        var told = await past.At(device, moment, cancellation);
        if (_moment != at)
            return;

        Past = PastLook.Of(moment, told);
        Arrange();
        await ShowChart(Charted, _asked, cancellation);
    }

    /// <summary>What happened between <see cref="Load"/> and the first change that is told.</summary>
    public async Task Look(CancellationToken cancellation)
    {
        if (Live is not null && await twins.Find(device, cancellation) is { Twin: var now } && now.Version > Live.Version)
            Live = now;
    }

    public async Task Apply(FleetUpdate update, CancellationToken cancellation)
    {
        if (Past is not null)
        {
            // Back in the present everything is loaded anew.
            Take(update);
            return;
        }

        if (update.Incomplete || Live is null)
        {
            await Load(Charted, Range, cancellation);
            return;
        }

        Take(update);
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
    public void PassTime()
    {
        if (_moment is null)
            Chart?.SlideTo(Now);
    }

    /// <summary>As the device's type states it; null where it does not.</summary>
    public string? UnitOf(MetricName metric) => types.For(Twin?.Description.Type)?.UnitOf(metric);

    /// <summary>What the device's type asks for and no tile can show: a metric that never came.</summary>
    public IReadOnlyList<string> UnseenFlags =>
        [.. (Twin?.Flags ?? []).Where(flag => Twin!.Readings.Find(flag.Metric) is null).Select(flag => $"{flag.Metric}: {QualityText.Of(flag.Breach)}")];

    /// <summary>Where the rules on a metric fire.</summary>
    public IReadOnlyList<double> LimitsOf(MetricName metric) =>
        [.. rules.For(device, Twin?.Description.Type).On(metric).Select(rule => rule.Condition.Threshold.Number).Where(double.IsFinite)];

    /// <summary>How far the metric went since the alert fired; null where its trend does not reach back that far.</summary>
    public (double Low, double High)? Since(Alert alert)
    {
        if (Past is not null || !_trends.TryGetValue(alert.Metric, out var trend) || alert.TriggeredAt < trend.From)
            return null;

        var points = trend.Points.Where(point => point.At + trend.Resolution > alert.TriggeredAt).ToList();
        return points.Count > 0 ? (points.Min(point => point.Min), points.Max(point => point.Max)) : null;
    }

    private Instant Now => Instant.From(time.GetUtcNow());

    // What was gathered for an update may be older than the last look.
    private void Take(FleetUpdate update)
    {
        if (update.Twins.TryGetValue(device, out var twin) && twin.Version >= (Live?.Version ?? 0))
            Live = twin;
    }

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

    private async Task<LiveSeries?> Draw(ChartRange range, Instant until, CancellationToken cancellation) =>
        Charted is { } charted ? await LiveSeries.LoadPeaks(history, device, charted, range.Span, range.Stretches, until, isPast: _moment is not null, cancellation) : null;

    private void Arrange()
    {
        if (Twin is not { } twin)
        {
            Tiles = [];
            return;
        }

        var schema = types.For(twin.Description.Type);
        var newest = twin.Readings.Select(last => last.At).DefaultIfEmpty().Max();
        Tiles = [.. MetricOrder.NumbersFirst(twin.Readings).Select(last => new MetricTile(
            last,
            twin.OpenAlerts.Where(alert => alert.Metric == last.Metric).Select(alert => (Domain.Rules.Severity?)alert.Severity).Max(),
            Past is null ? _trends.GetValueOrDefault(last.Metric) : null,
            last.At < newest - StaleAfter,
            schema?.UnitOf(last.Metric),
            Quality(twin, last.Metric)))];
    }

    private static string? Quality(Twin twin, MetricName metric) =>
        twin.Flags.Where(flag => flag.Metric == metric).Select(flag => QualityText.Of(flag.Breach)).ToList() is { Count: > 0 } words ? string.Join(", ", words) : null;

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
        _alerts = [.. page.Items.OrderByDescending(alert => alert.IsOpen)];
    }
}
