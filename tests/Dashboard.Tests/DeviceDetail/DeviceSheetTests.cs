using System.Text;
using OrleansIot.Dashboard.DeviceDetail;
using OrleansIot.Dashboard.Live;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Tests.DeviceDetail;

public sealed class DeviceSheetTests : IAsyncDisposable
{
    private static readonly MetricName Temperature = MetricName.Parse("temperature");
    private static readonly MetricName Pressure = MetricName.Parse("pressure");

    private readonly Plant _plant = new();

    [Fact]
    public async Task A_device_never_heard_of_has_no_twin()
    {
        var sheet = await Loaded("boiler-8");

        Assert.Null(sheet.Twin);
        Assert.Empty(sheet.Tiles);
    }

    [Fact]
    public async Task The_chart_shows_what_was_asked_for_else_what_is_wrong_else_the_first_number()
    {
        await _plant.Report("boiler-7", ("pressure", 2), ("temperature", 60));
        Assert.Equal(Pressure, (await Loaded("boiler-7")).Charted);
        Assert.Equal(Temperature, (await Loaded("boiler-7", Temperature)).Charted);

        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("pressure", 2), ("temperature", 91));
        Assert.Equal(Temperature, (await Loaded("boiler-7")).Charted);
    }

    [Fact]
    public async Task Rules_on_the_metric_are_lines_where_they_fire_and_where_they_clear()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("temperature", 60), ("pressure", 2));

        var sheet = await Loaded("boiler-7", Temperature);

        Assert.Equal([(70d, false), (65d, true)], sheet.Lines.Select(line => (line.Value, line.Clears)));
        Assert.Equal([70d], sheet.LimitsOf(Temperature));
        Assert.Empty(sheet.LimitsOf(Pressure));
    }

    [Fact]
    public async Task An_update_moves_values_trends_chart_and_message_without_asking_the_history()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        var sheet = await Loaded("boiler-7");
        _plant.Time.Advance(TimeSpan.FromMinutes(1));

        await sheet.Apply(await Reading("boiler-7", 66), CancellationToken.None);

        var tile = Assert.Single(sheet.Tiles);
        Assert.Equal(66, tile.Last.Value.Number);
        Assert.Equal([60d, 66d], tile.Trend!.Means);
        Assert.Equal([60d, 66d], sheet.Chart!.Means);
        Assert.Equal("""{"message":2}""", Encoding.UTF8.GetString(sheet.LastMessage!.Payload.Span));
    }

    [Fact]
    public async Task An_alert_that_opens_is_listed_first_and_marks_its_tile()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("temperature", 60));
        var sheet = await Loaded("boiler-7");

        await sheet.Apply(await Reading("boiler-7", 91), CancellationToken.None);

        Assert.True(Assert.Single(sheet.Alerts).IsOpen);
        Assert.Equal(Severity.Critical, Assert.Single(sheet.Tiles).Severity);
    }

    [Fact]
    public async Task The_first_reading_of_a_device_fills_its_page()
    {
        var sheet = await Loaded("boiler-9");

        await sheet.Apply(await Reading("boiler-9", 61), CancellationToken.None);

        Assert.Equal(Temperature, sheet.Charted);
        Assert.Equal([61d], sheet.Chart!.Means);
    }

    [Fact]
    public void A_range_that_is_not_there_is_nobodys_choice() => Assert.Null(ChartRange.Find("3y"));

    [Fact]
    public async Task A_new_device_is_shown_closer_unless_somebody_chose_otherwise()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        _plant.Time.Advance(TimeSpan.FromMinutes(10));
        await _plant.Report("boiler-7", ("temperature", 61));

        Assert.Equal(ChartRange.Quarter, (await Loaded("boiler-7")).Range);
        Assert.Equal(ChartRange.Hour, (await Loaded("boiler-7", range: ChartRange.Hour)).Range);

        _plant.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ChartRange.Hour, (await Loaded("boiler-7")).Range);
    }

    [Fact]
    public async Task Percentages_come_first_and_a_metric_that_stopped_is_told()
    {
        await _plant.Report("boiler-7", ("pressure", 2), ("cpu-percent", 7));
        _plant.Time.Advance(TimeSpan.FromMinutes(2));
        await _plant.Report("boiler-7", ("pressure", 2));

        var sheet = await Loaded("boiler-7");

        Assert.Equal([("cpu-percent", true), ("pressure", false)], sheet.Tiles.Select(tile => (tile.Metric.Value, tile.IsStale)));
    }

    [Fact]
    public async Task Of_many_metrics_the_first_are_shown_and_what_is_in_alert_in_any_case()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", [.. Enumerable.Range(0, 30).Select(i => ($"metric-{i}", (double)i)), ("temperature", 91)]);

        var tiles = (await Loaded("boiler-7")).Tiles;

        Assert.True(MetricFold.HidesAny(tiles));
        Assert.True(MetricFold.HidesOnPhone(tiles));
        Assert.False(MetricFold.HidesOnPhone([.. tiles.Take(MetricFold.OnPhone)]));
        Assert.Equal(["metric-0", "metric-1", "temperature"], MetricFold.Shown(tiles, 2).Select(tile => tile.Metric.Value));
    }

    [Fact]
    public async Task How_far_the_metric_went_is_told_from_when_the_alert_fired()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("temperature", 60));
        _plant.Time.Advance(TimeSpan.FromMinutes(1));
        await _plant.Report("boiler-7", ("temperature", 91));
        _plant.Time.Advance(TimeSpan.FromMinutes(1));
        await _plant.Report("boiler-7", ("temperature", 95));

        var sheet = await Loaded("boiler-7");

        Assert.Equal((91, 95), sheet.Since(Assert.Single(sheet.OpenAlerts)));
    }

    [Fact]
    public async Task Units_and_what_breaks_the_schema_are_those_of_the_devices_type()
    {
        await _plant.Report("boiler-7", ("temperature", 20));
        await _plant.DefineBoilers("boiler-7");
        await _plant.Report("boiler-7", ("temperature", 140));

        var sheet = await Loaded("boiler-7");

        var tile = Assert.Single(sheet.Tiles);
        Assert.Equal(("C", "out of range"), (tile.Unit, tile.Quality));
        Assert.Equal("C", sheet.UnitOf(Temperature));
        Assert.Equal(["pressure: not in the last reading"], sheet.UnseenFlags);

        await sheet.Apply(await Reading("boiler-7", 30), CancellationToken.None);
        Assert.Null(Assert.Single(sheet.Tiles).Quality);
    }

    [Fact]
    public async Task A_moment_of_the_past_shows_values_alerts_and_chart_of_then_and_the_present_comes_back()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-7", ("temperature", 91));
        _plant.Time.Advance(TimeSpan.FromMinutes(5));
        var then = _plant.Now;
        _plant.Time.Advance(TimeSpan.FromMinutes(5));
        await _plant.Report("boiler-7", ("temperature", 60));
        var sheet = await Loaded("boiler-7");
        Assert.Empty(sheet.OpenAlerts);

        await sheet.LookAt(then, CancellationToken.None);

        Assert.Equal(then, sheet.Past!.At);
        Assert.Equal(91, Assert.Single(sheet.Tiles).Last.Value.Number);
        Assert.True(Assert.Single(sheet.Alerts).IsOpen);
        Assert.Equal([91d], sheet.Chart!.Means);

        await sheet.LookAt(null, CancellationToken.None);

        Assert.Null(sheet.Past);
        Assert.Equal(60, Assert.Single(sheet.Tiles).Last.Value.Number);
        Assert.Equal([91d, 60d], sheet.Chart!.Means);
    }

    [Fact]
    public async Task What_arrives_while_somebody_looks_at_the_past_does_not_disturb_them()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        var then = _plant.Now;
        _plant.Time.Advance(TimeSpan.FromMinutes(1));
        var sheet = await Loaded("boiler-7");
        await sheet.LookAt(then, CancellationToken.None);

        await sheet.Apply(await Reading("boiler-7", 66), CancellationToken.None);
        sheet.PassTime();

        Assert.Equal(60, Assert.Single(sheet.Tiles).Last.Value.Number);
        Assert.Equal(66, sheet.Live!.Readings.Find(Temperature)!.Value.Value.Number);
    }

    [Fact]
    public async Task Before_a_device_was_heard_of_there_is_nothing_to_show()
    {
        var before = _plant.Now;
        _plant.Time.Advance(TimeSpan.FromMinutes(1));
        await _plant.Report("boiler-7", ("temperature", 60));
        var sheet = await Loaded("boiler-7");

        await sheet.LookAt(before, CancellationToken.None);

        Assert.Null(sheet.Twin);
        Assert.Empty(sheet.Tiles);
        Assert.Equal("Nothing had been heard of this device by then.", sheet.Past!.Problem);
    }

    [Fact]
    public async Task A_look_finds_what_happened_before_anything_was_told()
    {
        await _plant.Report("boiler-7", ("temperature", 60));
        var sheet = await Loaded("boiler-7");
        await _plant.Shadow("boiler-7", """{"desired":{"setpoint":68}}""", "alice");

        await sheet.Look(CancellationToken.None);

        Assert.Single(sheet.Live!.Shadows);
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();

    private async Task<DeviceSheet> Loaded(string device, MetricName? metric = null, ChartRange? range = null)
    {
        var sheet = new DeviceSheet(DeviceId.Parse(device), _plant.Twins, _plant.Past, _plant.Store.History, _plant.Rules, _plant.Types, _plant.Store.Alerts, _plant.Time);
        await sheet.Load(metric, range, CancellationToken.None);
        return sheet;
    }

    private async Task<FleetUpdate> Reading(string device, double temperature)
    {
        await _plant.Report(device, ("temperature", temperature));
        var now = Instant.From(_plant.Time.GetUtcNow());
        return await _plant.UpdateOf(device) with { Readings = [new Reading(now, now, [new Metric(Temperature, MetricValue.Of(temperature))])] };
    }
}
