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

    private Task<LiveSeries> Load(Instant? now = null) =>
        LiveSeries.Load(_history, Boiler, Temperature, TimeSpan.FromHours(1), 240, now ?? Noon, CancellationToken.None);
}
