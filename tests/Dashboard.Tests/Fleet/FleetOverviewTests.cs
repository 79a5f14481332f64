using OrleansIot.Dashboard.Fleet;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Dashboard.Tests.Fleet;

public sealed class FleetOverviewTests : IAsyncDisposable
{
    private readonly Plant _plant = new();
    private readonly FleetOverview _overview;

    public FleetOverviewTests() => _overview = new FleetOverview(_plant.Fleet);

    [Fact]
    public async Task A_device_that_fires_a_rule_comes_first_with_its_value_as_it_is_now()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-1", ("temperature", 60));
        await _plant.Report("boiler-7", ("temperature", 91));
        await _plant.Report("boiler-7", ("temperature", 94));

        await _overview.Load(CancellationToken.None);

        var item = Assert.Single(_overview.Attention);
        Assert.Equal(("boiler-7", "Too hot", 94, 91), (item.DeviceName, item.Alert.RuleName, item.Value.Number, item.Alert.ActualValue.Number));
        Assert.Equal(["boiler-7", "boiler-1"], _overview.WorstFirst.Select(twin => twin.Device.Value));
    }

    [Fact]
    public async Task Of_equally_bad_alerts_those_nobody_took_on_come_first()
    {
        await _plant.WatchForHeat(Severity.Warning);
        await _plant.Report("boiler-1", ("temperature", 80));
        _plant.Time.Advance(TimeSpan.FromSeconds(1));
        await _plant.Report("boiler-2", ("temperature", 80));
        await new Operator(_plant.Twins, _plant.Time).Acknowledge((await _plant.OpenAlertOf("boiler-2")).Id);

        await _overview.Load(CancellationToken.None);

        Assert.Equal(["boiler-1", "boiler-2"], _overview.Attention.Select(item => item.DeviceName));
    }

    [Fact]
    public async Task Readings_change_values_in_place_and_an_alert_changes_the_order()
    {
        await _plant.WatchForHeat();
        await _plant.Report("boiler-1", ("temperature", 60));
        await _plant.Report("boiler-7", ("temperature", 60));
        await _overview.Load(CancellationToken.None);

        await _plant.Report("boiler-7", ("temperature", 64));
        await _overview.Apply(await _plant.UpdateOf("boiler-7") with { BeyondReadings = false }, CancellationToken.None);
        Assert.Equal(64, _overview.WorstFirst[1].Readings[0].Value.Number);

        await _plant.Report("boiler-7", ("temperature", 90));
        await _overview.Apply(await _plant.UpdateOf("boiler-7"), CancellationToken.None);
        Assert.Equal("boiler-7", _overview.WorstFirst[0].Device.Value);
    }

    [Fact]
    public async Task A_device_gone_quiet_without_a_rule_for_it_is_still_told_of()
    {
        await _plant.Report("meter-441", ("power", 3));
        _plant.Time.Advance(TimeSpan.FromMinutes(16));

        await TestKit.Eventually.IsTrue("meter-441 is offline", async () =>
        {
            await _overview.Load(CancellationToken.None);
            return _overview.SilentlyOffline.Count == 1;
        });

        Assert.Equal("meter-441", _overview.SilentlyOffline[0].Device.Value);
        Assert.Empty(_overview.Attention);
    }

    [Fact]
    public async Task Devices_are_summed_up_by_type_those_without_one_last()
    {
        await _plant.WatchForHeat();
        await _plant.Report("sensor-1", ("temperature", 20));
        await _plant.Report("boiler-7", ("temperature", 91));
        await _plant.Report("boiler-8", ("temperature", 60));
        foreach (var boiler in new[] { "boiler-7", "boiler-8" })
            await new Operator(_plant.Twins, _plant.Time).Describe(DeviceId.Parse(boiler), new DeviceDescription(null, "boiler", null, []), DeviceDescription.None);

        await _overview.Load(CancellationToken.None);

        Assert.Equal([new TypeSummary("boiler", 2, 2, 1, Severity.Critical), new TypeSummary(null, 1, 1, 0, null)], _overview.Types);
    }

    public ValueTask DisposeAsync() => _plant.DisposeAsync();
}
