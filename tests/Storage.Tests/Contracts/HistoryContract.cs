using OrleansIot.Application.History.Ports;
using OrleansIot.Domain.Telemetry;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class HistoryContract(IStoreUnderTest store) : StoreContract(store)
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

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
