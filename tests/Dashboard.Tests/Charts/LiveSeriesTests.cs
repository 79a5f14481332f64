using OrleansIot.Dashboard.Charts;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Dashboard.Tests.Charts;

public sealed class LiveSeriesTests
{
    private static readonly DeviceId Boiler = DeviceId.Parse("boiler-7");
    private static readonly MetricName Temperature = MetricName.Parse("temperature");
    private static readonly Instant Noon = Instant.From(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    private readonly InMemoryReadingHistory _history = new();

    [Fact]
    public async Task A_value_joins_its_bucket()
    {
        var series = await Load();

        series.Add(Noon, 60);
        series.Add(Noon + TimeSpan.FromSeconds(1), 64);

        var point = Assert.Single(series.Points);
        Assert.Equal((60, 62, 64, 2L), (point.Min, point.Mean, point.Max, point.Count));
    }

    [Fact]
    public async Task What_was_carried_on_is_what_would_be_loaded()
    {
        var live = await Load();
        for (var second = 0; second < 120; second += 7)
        {
            var at = Noon + TimeSpan.FromSeconds(second);
            _history.Add(Boiler, new Reading(at, at, [new Metric(Temperature, MetricValue.Of(60 + (second % 13)))]));
            live.Add(at, 60 + (second % 13));
        }

        var loaded = await Load(Noon + TimeSpan.FromMinutes(2));

        Assert.Equal(loaded.Points.Select(point => (point.At, point.Min, point.Max, point.Count)), live.Points.Select(point => (point.At, point.Min, point.Max, point.Count)));
        Assert.All(loaded.Points.Zip(live.Points), pair => Assert.Equal(pair.First.Mean, pair.Second.Mean, 9));
    }

    [Fact]
    public async Task A_late_value_finds_its_place_and_one_from_before_the_range_is_left_out()
    {
        var series = await Load();
        series.Add(Noon, 60);

        series.Add(Noon - TimeSpan.FromMinutes(5), 50);
        series.Add(Noon - TimeSpan.FromHours(2), 10);

        Assert.Equal([50d, 60d], series.Means);
    }

    [Fact]
    public async Task Time_that_passes_moves_the_range_and_drops_what_left_it()
    {
        var series = await Load();
        series.Add(Noon, 60);

        series.SlideTo(Noon + TimeSpan.FromMinutes(30));
        Assert.Single(series.Points);

        series.SlideTo(Noon + TimeSpan.FromMinutes(62));
        Assert.Empty(series.Points);
        Assert.Equal(Noon + TimeSpan.FromMinutes(2), series.From);
    }

    [Theory]
    [InlineData(5, 0)] // readings are few enough to choose from
    [InlineData(1, 60)] // more than 50,000: minutes of the roll-up
    public async Task A_peak_of_a_single_reading_is_seen_on_a_chart_of_a_day(int secondsApart, int resolution)
    {
        var peak = Noon - TimeSpan.FromHours(7.5);
        for (var at = Noon - TimeSpan.FromHours(24); at <= Noon; at += TimeSpan.FromSeconds(secondsApart))
            Measure(at, at == peak ? 400 : 60 + (at.UnixMilliseconds % 7 * 0.1));

        var series = await LoadDay();

        Assert.Equal(TimeSpan.FromSeconds(resolution), series.Resolution);
        var point = Assert.Single(series.Points, point => point.Max == 400);
        Assert.Equal(peak, point.At);
        Assert.InRange(series.Points.Count, 100, 2 * 288 + 2);
        Assert.True(resolution > 0 || series.Means.Max() == 400, "The line goes through it.");
    }

    [Fact]
    public async Task Readings_are_carried_on_with_their_peaks_and_few_points()
    {
        var series = await LoadDay();
        for (var second = 1; second <= 6 * 3_600; second++)
            series.Add(Noon + TimeSpan.FromSeconds(second), second switch { 4_000 => 400, 4_100 => -400, _ => 60 + (second % 7 * 0.1) });

        Assert.Contains(400d, series.Means);
        Assert.Contains(-400d, series.Means);
        Assert.Equal(Noon + TimeSpan.FromHours(6), series.Points[^1].At);
        Assert.InRange(series.Points.Count, 72, 4 * 73);
        Assert.Equal(series.Points.Select(point => point.At).Order(), series.Points.Select(point => point.At));
    }

    [Fact]
    public async Task A_late_peak_finds_its_place_among_the_readings_of_then()
    {
        for (var minute = -60; minute <= 0; minute++)
            Measure(Noon + TimeSpan.FromMinutes(minute), 60);
        var series = await LoadDay();

        series.Add(Noon - TimeSpan.FromMinutes(31), 400);

        var index = series.Means.ToList().IndexOf(400);
        Assert.Equal(Noon - TimeSpan.FromMinutes(31), series.Points[index].At);
        Assert.True(series.Points[index - 1].At <= series.Points[index].At && series.Points[index].At <= series.Points[index + 1].At);
    }

    [Fact]
    public async Task A_value_joins_its_minute_where_minutes_are_shown()
    {
        for (var second = -86_399; second <= 0; second++)
            Measure(Noon + TimeSpan.FromSeconds(second), 60);
        var series = await LoadDay();

        series.Add(Noon + TimeSpan.FromSeconds(30), 64);

        Assert.Equal((Noon, 60, 62, 64, 2L), (series.Points[^1].At, series.Points[^1].Min, series.Points[^1].Mean, series.Points[^1].Max, series.Points[^1].Count));
    }

    [Fact]
    public async Task What_came_after_a_moment_of_the_past_is_not_shown_of_it()
    {
        Measure(Noon, 60);
        Measure(Noon + TimeSpan.FromSeconds(1), 61);

        Assert.Equal([60d], (await LoadDay(isPast: true)).Means);
        Assert.Equal([60d, 61d], (await LoadDay()).Means);
    }

    private void Measure(Instant at, double value) => _history.Add(Boiler, new Reading(at, at, [new Metric(Temperature, MetricValue.Of(value))]));

    private Task<LiveSeries> LoadDay(bool isPast = false) =>
        LiveSeries.LoadPeaks(_history, Boiler, Temperature, TimeSpan.FromHours(24), 288, Noon, isPast, CancellationToken.None);

    private Task<LiveSeries> Load(Instant? now = null) =>
        LiveSeries.Load(_history, Boiler, Temperature, TimeSpan.FromHours(1), 240, now ?? Noon, CancellationToken.None);
}
