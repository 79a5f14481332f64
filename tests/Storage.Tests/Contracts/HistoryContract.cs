using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain.Telemetry;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class HistoryContract(IStoreUnderTest store) : StoreContract(store)
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    private long _version;

    [Fact]
    public async Task A_reading_is_there_as_soon_as_its_append_has_committed()
    {
        await Record(Reading(1_000, 20.5));

        Assert.Equal([Reading(1_000, 20.5)], await Store.History.Readings(Boiler, At(0), At(2_000), 10, default));
        Assert.Equal(new SeriesPoint(At(1_000), 20.5, 20.5, 20.5, 1), Assert.Single((await Query(0, 2_000, 2)).Points));
    }

    [Fact]
    public async Task Readings_come_by_their_own_time_and_the_later_to_arrive_last_of_two_at_one_moment()
    {
        await Record(Reading(3_000, 3), Reading(1_000, 1), Reading(2_000, 2), Reading(1_000, 1.5));

        Assert.Equal([1, 1.5, 2, 3], await Values(0, 10_000, 10));
    }

    [Fact]
    public async Task The_range_begins_with_its_start_and_ends_before_its_end()
    {
        await Record(Reading(999, 0), Reading(1_000, 1), Reading(1_999, 2), Reading(2_000, 3));

        Assert.Equal([1, 2], await Values(1_000, 2_000, 10));
        Assert.Equal([1, 2], (await Query(1_000, 2_000, 1_000)).Points.Select(point => point.Mean));
    }

    [Fact]
    public async Task Of_more_readings_than_asked_for_the_newest_are_given()
    {
        await Record(Reading(4_000, 4), Reading(1_000, 1), Reading(3_000, 3), Reading(2_000, 2));

        Assert.Equal([3, 4], await Values(0, 10_000, 2));
    }

    [Fact]
    public async Task A_bucket_tells_least_mean_greatest_and_count_and_an_empty_one_is_left_out()
    {
        await Record(Reading(0, 1), Reading(10, 5), Reading(999, 3), Reading(2_500, -7));

        var series = await Query(0, 3_000, 3);

        Assert.Equal(TimeSpan.FromSeconds(1), series.Resolution);
        Assert.Equal([new SeriesPoint(At(0), 1, 3, 5, 3), new SeriesPoint(At(2_000), -7, -7, -7, 1)], series.Points);
    }

    [Fact]
    public async Task Booleans_are_drawn_as_one_and_zero_and_texts_are_not_drawn()
    {
        await Record(
            new Reading(At(0), At(0), [new Metric(Temperature, MetricValue.Of(true)), new Metric(Pressure, MetricValue.Of("high"))]),
            new Reading(At(1), At(1), [new Metric(Temperature, MetricValue.Of(false)), new Metric(Pressure, MetricValue.Of("low"))]));

        Assert.Equal(new SeriesPoint(At(0), 0, 0.5, 1, 2), Assert.Single((await Query(0, 1_000, 1)).Points));
        Assert.Empty((await Store.History.Query(new SeriesQuery(Boiler, Pressure, At(0), At(1_000), 1), default)).Points);
        Assert.Equal("high", (await Store.History.Readings(Boiler, At(0), At(1), 1, default))[0].Metrics[1].Value.Text);
    }

    [Fact]
    public async Task Buckets_of_a_minute_and_more_are_of_whole_minutes()
    {
        await Record(Reading(0, 1), Reading(Minute - 1, 2), Reading(Minute, 3), Reading(2 * Hour, 4));

        var series = await Query(30_000, (2 * Hour) + 1, 100);

        Assert.Equal(TimeSpan.FromMinutes(2), series.Resolution);
        Assert.Equal([new SeriesPoint(At(0), 1, 2, 3, 3), new SeriesPoint(At(2 * Hour), 4, 4, 4, 1)], series.Points);
    }

    [Fact]
    public async Task A_range_that_is_empty_or_turned_round_has_no_points()
    {
        await Record(Reading(0, 1));

        Assert.Empty((await Query(0, 0, 10)).Points);
        Assert.Empty((await Query(1_000, -1_000, 10)).Points);
        Assert.Empty(await Values(1_000, -1_000, 10));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_001)]
    public async Task A_number_of_points_out_of_range_is_refused(int points) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Query(0, 1_000, points));

    [Fact]
    public async Task Expired_readings_are_gone_while_their_roll_ups_still_answer()
    {
        await Record(Reading(0, 1), Reading(30_000, 2), Reading(Hour, 3));

        await Store.History.Expire(readingsBefore: At(Hour), rollupsBefore: At(0), default);

        Assert.Equal([3], await Values(0, 2 * Hour, 10));
        var series = await Query(0, 1_000, 100);
        Assert.Equal(TimeSpan.FromMinutes(1), series.Resolution);
        Assert.Equal([new SeriesPoint(At(0), 1, 1.5, 2, 2)], series.Points);
    }

    [Fact]
    public async Task Expired_roll_ups_are_gone_too()
    {
        await Record(Reading(0, 1), Reading(Hour, 2));

        await Store.History.Expire(At(Hour), At(Hour), default);

        Assert.Equal([new SeriesPoint(At(Hour), 2, 2, 2, 1)], (await Query(0, 2 * Hour, 10)).Points);
    }

    [Fact]
    public async Task Retention_is_never_turned_back()
    {
        await Record(Reading(0, 1), Reading(Hour, 2));

        await Store.History.Expire(At(Hour), At(0), default);
        await Store.History.Expire(At(0), At(0), default);

        Assert.Equal([2], await Values(0, 2 * Hour, 10));
    }

    [Fact]
    public async Task A_device_never_heard_of_has_no_history()
    {
        Assert.Empty(await Values(0, 1_000, 10));
        Assert.Empty((await Query(0, 1_000, 10)).Points);
    }

    [Theory]
    [InlineData(10, 100, HistoryResolution.Raw)]
    [InlineData(24 * 60, 300, HistoryResolution.Minute)]
    [InlineData(30 * 24 * 60, 300, HistoryResolution.QuarterHour)]
    [InlineData(365 * 24 * 60, 300, HistoryResolution.Hour)]
    [InlineData(3_650 * 24 * 60, 300, HistoryResolution.Day)]
    public async Task The_coarsest_resolution_that_gives_about_as_many_points_answers_and_is_named(int minutes, int points, HistoryResolution expected)
    {
        await Record(Reading(0, 1), Reading(1, 3));

        var series = await Query(0, minutes * Minute, points);

        Assert.Equal(expected, series.Source);
        Assert.Equal(new SeriesPoint(At(0), 1, 2, 3, 2), Assert.Single(series.Points));
    }

    [Fact]
    public async Task Each_resolution_counts_every_reading_once_the_late_ones_too()
    {
        await Record(Reading(0, 1), Reading(20 * Minute, 2), Reading(5 * Hour, 3), Reading(3 * Day, 4));
        await Record(Reading(1, 5), Reading((2 * Day) - 1, -1));

        Assert.Equal([(0, 5), (20 * Minute, 2), (5 * Hour, 3), ((2 * Day) - Minute, -1), (3 * Day, 4)], await Greatest(HistoryResolution.Minute));
        Assert.Equal([(0, 5), (15 * Minute, 2), (5 * Hour, 3), ((2 * Day) - (15 * Minute), -1), (3 * Day, 4)], await Greatest(HistoryResolution.QuarterHour));
        Assert.Equal([(0, 5), (5 * Hour, 3), ((2 * Day) - Hour, -1), (3 * Day, 4)], await Greatest(HistoryResolution.Hour));
        Assert.Equal([(0, 5), (Day, -1), (3 * Day, 4)], await Greatest(HistoryResolution.Day));

        async Task<IEnumerable<(long, double)>> Greatest(HistoryResolution resolution)
        {
            var series = await Store.History.Query(new SeriesQuery(Boiler, Temperature, At(0), At(3 * Day + 1), 5_000, resolution), default);
            Assert.Equal((resolution, 6), (series.Source, series.Points.Sum(point => point.Count)));
            return series.Points.Select(point => (point.At.UnixMilliseconds - Epoch.UnixMilliseconds, point.Max));
        }
    }

    [Theory]
    [InlineData(SeriesShape.Lttb)]
    [InlineData(SeriesShape.MinMax)]
    public async Task A_shaped_series_is_of_the_readings_themselves_with_the_first_and_the_last(SeriesShape shape)
    {
        var readings = Enumerable.Range(0, 200).Select(i => Reading(i * 1_000, i == 77 ? 500 : i % 10)).ToArray();
        await Record(readings);

        var series = await Store.History.Query(new SeriesQuery(Boiler, Temperature, At(0), At(Hour), 20, Shape: shape), default);

        Assert.Equal((HistoryResolution.Raw, TimeSpan.Zero), (series.Source, series.Resolution));
        Assert.InRange(series.Points.Length, 10, 20);
        Assert.Equal((At(0), At(199_000)), (series.Points[0].At, series.Points[^1].At));
        Assert.Contains(new SeriesPoint(At(77_000), 500, 500, 500, 1), series.Points);
    }

    [Fact]
    public async Task A_shaped_series_of_a_long_range_whose_readings_have_expired_is_of_roll_ups()
    {
        await Record(Reading(0, 1), Reading(1, 9), Reading(Hour, 3), Reading(40 * Day, 4));
        await Store.History.Expire(At(Day), At(0), default);

        var series = await Store.History.Query(new SeriesQuery(Boiler, Temperature, At(0), At(41 * Day), 100, Shape: SeriesShape.MinMax), default);

        Assert.Equal((HistoryResolution.Hour, TimeSpan.FromHours(1)), (series.Source, series.Resolution));
        Assert.Equal(new SeriesPoint(At(0), 1, 5, 9, 2), series.Points[0]);
    }

    [Fact]
    public async Task A_resolution_that_was_asked_for_and_is_too_fine_for_the_range_is_refused() =>
        await Assert.ThrowsAsync<SeriesTooLongException>(() =>
            Store.History.Query(new SeriesQuery(Boiler, Temperature, At(0), At(3_650 * Day), 100, HistoryResolution.Minute, SeriesShape.Lttb), default).AsTask());

    [Fact]
    public async Task The_oldest_readings_come_with_all_of_the_last_ones_moment()
    {
        await Record(Reading(3_000, 3), Reading(1_000, 1), Reading(2_000, 2), Reading(2_000, 2.5), Reading(4_000, 4));

        Assert.Equal([1, 2, 2.5], await Oldest(0, 10_000, 2));
        Assert.Equal([3], await Oldest(2_001, 10_000, 1));
        Assert.Equal([3], await Oldest(2_001, 4_000, 10));
        Assert.Empty(await Oldest(4_001, 10_000, 10));
    }

    [Fact]
    public async Task Each_resolution_expires_at_its_own_age_and_what_is_left_answers()
    {
        await Record(Reading(0, 1), Reading(Day, 2), Reading(40 * Day, 3));

        await Store.History.Expire(Marks(readings: 40 * Day, minutes: 30 * Day, quarters: 20 * Day, hours: Day, days: 0), default);

        Assert.Equal([3], await Values(0, 100 * Day, 10));
        Assert.Equal(HistoryResolution.Day, (await Query(0, Hour, 60)).Source);
        Assert.Equal(1, Assert.Single((await Query(0, Hour, 60)).Points).Mean);
        Assert.Equal(HistoryResolution.Hour, (await Query(Day, Day + Hour, 60)).Source);
        Assert.Equal(HistoryResolution.Minute, (await Query(30 * Day, (30 * Day) + Hour, 60)).Source);
        Assert.Empty((await Store.History.Query(new SeriesQuery(Boiler, Temperature, At(0), At(Day), 100, HistoryResolution.Hour), default)).Points);
    }

    [Fact]
    public async Task A_metric_that_is_kept_less_long_than_the_others_is_out_of_sight_before_them()
    {
        await Record(Both(0), Both(Day), Both(2 * Day));
        await Record(new Reading(At(0), At(0), [new Metric(Pressure, MetricValue.Of(9))]));
        var entry = Marks(0, 0, 0, 0, 0).Default;

        await Store.History.Expire(new KeptSince([new("press*", [.. Enumerable.Repeat(At(Day), 5)]), entry]), default);

        Assert.Equal([1, 2, 2], (await Store.History.Readings(Boiler, At(0), At(3 * Day), 10, default)).Select(reading => reading.Metrics.Length));
        Assert.Equal([1, 2, 2], (await Store.History.Oldest(Boiler, At(0), At(3 * Day), 10, default)).Select(reading => reading.Metrics.Length));
        foreach (var resolution in Enum.GetValues<HistoryResolution>())
        {
            Assert.Equal(3, await Count(Temperature, resolution));
            Assert.Equal(2, await Count(Pressure, resolution));
        }

        static Reading Both(long at) => new(At(at), At(at), [new Metric(Temperature, MetricValue.Of(1)), new Metric(Pressure, MetricValue.Of(2))]);

        async Task<long> Count(MetricName metric, HistoryResolution resolution) =>
            (await Store.History.Query(new SeriesQuery(Boiler, metric, At(0), At(3 * Day), 5_000, resolution), default)).Points.Sum(point => point.Count);
    }

    [Fact]
    public async Task A_metric_may_be_kept_longer_than_the_others()
    {
        await Record(new Reading(At(0), At(0), [new Metric(Temperature, MetricValue.Of(1)), new Metric(Pressure, MetricValue.Of(2))]), Reading(1, 5));

        await Store.History.Expire(new KeptSince([Marks(0, 0, 0, 0, 0).Default with { Metrics = "pressure" }, Marks(Day, Day, Day, Day, Day).Default]), default);

        Assert.Equal([Pressure], Assert.Single(await Store.History.Readings(Boiler, At(0), At(Day), 10, default)).Metrics.Select(metric => metric.Name));
        Assert.Empty((await Query(0, Day, 10)).Points);
        Assert.Single((await Store.History.Query(new SeriesQuery(Boiler, Pressure, At(0), At(Day), 10), default)).Points);
    }

    private static KeptSince Marks(long readings, long minutes, long quarters, long hours, long days) =>
        new([new(KeptSince.AllMetrics, [At(readings), At(minutes), At(quarters), At(hours), At(days)])]);

    private async Task<IEnumerable<double>> Oldest(long from, long to, int limit) =>
        (await Store.History.Oldest(Boiler, At(from), At(to), limit, default)).Select(reading => reading.Metrics[0].Value.Number);

    private async Task Record(params Reading[] readings)
    {
        await Store.Journal.Append(Append(Boiler, _version, [.. readings.Select(Recorded)]), default);
        _version += readings.Length;
    }

    private Task<Series> Query(long from, long to, int points) =>
        Store.History.Query(new SeriesQuery(Boiler, Temperature, At(from), At(to), points), default).AsTask();

    private async Task<IEnumerable<double>> Values(long from, long to, int limit) =>
        (await Store.History.Readings(Boiler, At(from), At(to), limit, default)).Select(reading => reading.Metrics[0].Value.Number);
}
