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

    [Fact]
    public void The_address_holds_a_question_and_a_column_s_order() =>
        Assert.Equal("/devices?q=type%20eq%20%27pump%27&sort=-lastSeen", DeviceListAddress.Of(search: "type eq 'pump'", order: DeviceOrder.ById, sort: "-lastSeen"));

    [Fact]
    public async Task A_question_in_the_box_filters_and_one_that_is_not_understood_leaves_the_list_as_it_was()
    {
        for (var i = 0; i < 5; i++)
            await _plant.Report($"press-{i}", ("temperature", 60 + (10 * i)));

        _list.Show(DeviceFilter.All, "temperature gt 75", DeviceOrder.WorstFirst, "-temperature");
        Assert.Equal(["press-4", "press-3", "press-2"], await Ids());

        Assert.True(_list.Show(DeviceFilter.All, "temperature gt x", DeviceOrder.WorstFirst, "-temperature"));
        Assert.Equal("At character 16: Here is 'x'. Write a number, a text in single quotes, true, false or null.", _list.Fault?.ToString());
        Assert.Equal(["press-4", "press-3", "press-2"], await Ids());

        _list.Show(DeviceFilter.All, "press-1", DeviceOrder.WorstFirst, "[no order");
        Assert.Null(_list.Fault);
        Assert.Null(_list.Sort);
        Assert.Equal(["press-1"], await Ids());

        async Task<IEnumerable<string>> Ids() => (await _list.Window(0, 50, CancellationToken.None)).Select(row => row.Twin.Device.Value);
    }

    [Theory]
    [InlineData("hall b")]
    [InlineData("pump in hall b")]
    [InlineData("sur le toit")]
    [InlineData("not here")]
    [InlineData("it's")]
    [InlineData("has been moved")]
    [InlineData("(spare)")]
    public void Text_is_looked_for(string text) => Assert.Equal((text, null, null), (DeviceSearch.Of(text).Text, DeviceSearch.Of(text).Filter, DeviceSearch.Of(text).Fault));

    [Theory]
    [InlineData("type eq pump")]
    [InlineData("type eq")]
    [InlineData("not (type eq 'x'")]
    [InlineData("contains(name")]
    [InlineData("[disk root gt 5")]
    [InlineData("temperature > 70")]
    [InlineData("type in ('a'")]
    [InlineData("tags has 'a' und")]
    public void What_looks_like_a_question_but_is_none_is_a_fault(string text) => Assert.NotNull(DeviceSearch.Of(text).Fault);

    [Fact]
    public void A_column_is_clicked_into_its_order_the_opposite_and_none()
    {
        Assert.Equal("-lastSeen", ColumnSort.Next("-lastSeen", "name,id"));
        Assert.Equal("lastSeen", ColumnSort.Next("-lastSeen", "-lastSeen"));
        Assert.Null(ColumnSort.Next("-lastSeen", "lastSeen"));
        Assert.Equal("descending", ColumnSort.Spoken("-lastSeen", "-lastSeen"));
        Assert.Equal("ascending", ColumnSort.Spoken("-lastSeen", "lastSeen"));
        Assert.Null(ColumnSort.Spoken("-lastSeen", "name,id"));
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();
}
