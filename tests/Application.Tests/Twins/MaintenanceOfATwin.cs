using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Application.Tests.Twins.Given;

namespace OrleansIot.Application.Tests.Twins;

public sealed class MaintenanceOfATwin
{
    private static readonly Rule Told = RuleAbove("hot", "t", 50) with
    {
        Actions = new RuleActions([], [new Uri("https://example.org/hook")], AlertTransitions.Triggered | AlertTransitions.Acknowledged | AlertTransitions.Resolved),
    };

    [Fact]
    public async Task Nobody_is_told_in_it_and_at_its_end_of_what_holds_then()
    {
        await using var host = await TwinHost.Start(Told);
        await host.Ingest("a", "t", 80);
        await host.Ingest("b", "t", 1);
        Assert.Equal(1, await Messages(host));

        await SetMaintenance(host, "a", on: true);
        await SetMaintenance(host, "b", on: true);
        await host.Twins.Execute(DeviceId.Parse("a"), new TwinCommand.AcknowledgeAlert((await host.Find("a")).OpenAlerts[0].Id, "ana", host.Now));
        await host.Ingest("b", "t", 80);
        Assert.Equal(1, await Messages(host));
        Assert.Equal(2, (await host.Fleet.Counts()).Maintenance);

        await SetMaintenance(host, "a", on: false);
        Assert.Equal(1, await Messages(host));
        await SetMaintenance(host, "b", on: false);
        Assert.Equal(2, await Messages(host));
        Assert.Equal(2, (await host.Fleet.Counts()).Online);
    }

    [Fact]
    public async Task It_outlives_a_crash()
    {
        await using var host = await TwinHost.Start(Told);
        await host.Ingest("a", "t", 1);
        await SetMaintenance(host, "a", on: true);

        await host.Crash();

        Assert.Equal((DeviceStatus.Maintenance, DeviceStatus.Online), ((await host.Find("a")).Status, (await host.Find("a")).Connectivity));
    }

    [Fact]
    public async Task A_changed_device_type_is_in_force_for_the_next_reading()
    {
        await using var host = await TwinHost.Start();
        await host.Twins.Execute(DeviceId.Parse("a"), new TwinCommand.Describe(DeviceDescription.None with { Type = "pump" }, host.Now));
        await host.Ingest("a", "t", 212);
        var types = host.Services.GetRequiredService<IDeviceTypes>();
        var metric = new MetricSchema(MetricName.Parse("t"), MetricKind.Number, "C", Max: 50, Transform: UnitTransform.Between("F", "C"));
        var pump = new DeviceType(DeviceTypeId.Parse("pump"), "Pump", null, [metric], [], BreachPolicy.Refuse, Strict: false, Version: 0);

        await types.Put(pump, expectedVersion: 0);
        Assert.Equal("reading.out-of-range", Assert.IsType<Decision.Rejected>(await host.Ingest("a", "t", 212)).Reason.Code);
        await types.Put(pump with { OnBreach = BreachPolicy.Flag }, expectedVersion: 1);
        Assert.IsType<Decision.Accepted>(await host.Ingest("a", "t", 212));
        Assert.Equal(100, (await host.Find("a")).Readings.Single().Value.Number);
        Assert.Equal(Breach.OutOfRange, Assert.Single((await host.Find("a")).Flags).Breach);

        await types.Delete(pump.Id, expectedVersion: 2);
        await host.Ingest("a", "t", 212);
        Assert.Equal(212, (await host.Find("a")).Readings.Single().Value.Number);
        Assert.Empty((await host.Find("a")).Flags);
    }

    private static async Task SetMaintenance(TwinHost host, string device, bool on) =>
        Assert.IsType<Decision.Accepted>(await host.Twins.Execute(DeviceId.Parse(device), new TwinCommand.SetMaintenance(on, "", "ana", host.Now)));

    private static async Task<int> Messages(TwinHost host) => (await host.Store.Outbox.Latest(10, default)).Count;
}
