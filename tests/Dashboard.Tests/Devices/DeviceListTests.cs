using OrleansIot.Application.Fleet;
using OrleansIot.Dashboard.Devices;

namespace OrleansIot.Dashboard.Tests.Devices;

public sealed class DeviceListTests : IAsyncDisposable
{
    private readonly Plant _plant = new();
    private readonly DeviceList _list;

    public DeviceListTests() => _list = new DeviceList(_plant.Fleet, _plant.Store.History, _plant.Time);

    [Fact]
    public async Task A_window_is_a_part_of_what_matches_and_the_total_is_all_of_it()
    {
        for (var i = 10; i < 30; i++)
            await _plant.Report($"press-{i}", ("cpu-percent", i));
        await _plant.Report("boiler-1", ("temperature", 60));

        _list.Show(DeviceFilter.All, " PRESS ", DeviceOrder.ById);
        var window = await _list.Window(5, 3, CancellationToken.None);

        Assert.Equal(["press-15", "press-16", "press-17"], window.Select(row => row.Twin.Device.Value));
        Assert.Equal(20, _list.Total);
    }

    [Fact]
    public async Task Segments_narrow_by_severity()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-1", ("temperature", 60));
        await _plant.Report("boiler-7", ("temperature", 91));

        _list.Show(DeviceFilter.Critical, null, DeviceOrder.WorstFirst);

        Assert.Equal("boiler-7", Assert.Single(await _list.Window(0, 50, CancellationToken.None)).Twin.Device.Value);
    }

    [Fact]
    public async Task A_row_follows_its_device_and_draws_its_first_number()
    {
        await _plant.Report("boiler-7", ("temperature", 60), ("pressure", 2));
        var row = Assert.Single(await _list.Window(0, 50, CancellationToken.None));
        await _list.DrawTrends(CancellationToken.None);
        Assert.Equal([60d], row.Trend!.Means);

        _plant.Time.Advance(TimeSpan.FromMinutes(1));
        await _plant.Report("boiler-7", ("temperature", 66), ("pressure", 2));
        var mustAskAgain = _list.Apply(await _plant.UpdateOf("boiler-7") with { BeyondReadings = false });

        Assert.False(mustAskAgain);
        Assert.Equal([60d, 66d], row.Trend.Means);
        Assert.Equal("temperature", row.TrendMetric!.Value.Value);
    }

    [Fact]
    public async Task A_metric_in_alert_becomes_the_one_that_a_row_tells_and_draws()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("pressure", 2), ("temperature", 60));
        var row = Assert.Single(await _list.Window(0, 50, CancellationToken.None));
        await _list.DrawTrends(CancellationToken.None);
        Assert.Equal("pressure", row.Trend!.Metric.Value);

        await _plant.Report("boiler-7", ("pressure", 2), ("temperature", 91));
        _list.Apply(await _plant.UpdateOf("boiler-7"));
        await _list.DrawTrends(CancellationToken.None);

        Assert.Equal(["temperature", "pressure"], row.Readings.Select(reading => reading.Metric.Value));
        Assert.Equal("temperature", row.Trend!.Metric.Value);
    }

    [Fact]
    public async Task The_same_value_told_twice_is_drawn_once()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        var row = Assert.Single(await _list.Window(0, 50, CancellationToken.None));
        await _list.DrawTrends(CancellationToken.None);

        _list.Apply(await _plant.UpdateOf("boiler-7"));
        _list.Apply(await _plant.UpdateOf("boiler-7"));

        Assert.Equal(1, Assert.Single(row.Trend!.Points).Count);
    }

    [Fact]
    public async Task Scrolling_back_finds_the_same_row_with_its_trend()
    {
        await _plant.Report("boiler-1", ("temperature", 60));
        await _plant.Report("boiler-2", ("temperature", 61));
        var first = (await _list.Window(0, 1, CancellationToken.None))[0];
        await _list.Window(1, 1, CancellationToken.None);

        Assert.Same(first, (await _list.Window(0, 1, CancellationToken.None))[0]);
    }

    [Theory]
    [InlineData(DeviceFilter.All, null, DeviceOrder.WorstFirst, "/devices")]
    [InlineData(DeviceFilter.Offline, "hall b", DeviceOrder.ById, "/devices?q=hall%20b&show=offline&order=id")]
    public void The_address_holds_what_is_shown(DeviceFilter filter, string? search, DeviceOrder order, string address)
    {
        Assert.Equal(address, DeviceListAddress.Of(filter, search, order));
        Assert.Equal(filter, DeviceListAddress.FilterOf(filter.ToString().ToLowerInvariant()));
        Assert.Equal(DeviceFilter.All, DeviceListAddress.FilterOf("17"));
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();
}
