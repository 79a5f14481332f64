using System.Text;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Tests.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Fleet;

public sealed class ShadowChanges
{
    private static readonly DeviceId Kiln = DeviceId.Parse("kiln-1");

    [Fact]
    public async Task Whoever_watches_a_device_is_told_of_each_change_of_its_shadows()
    {
        await using var host = await TwinHost.Start();
        await using var changes = new Watched(host.Fleet, new FleetFilter(Kiln));

        await Desire(host, Kiln, "on");
        var updated = await changes.Until("the update", change => change is FleetChange.ShadowChanged);
        Assert.Equal(1, updated.Twin.FindShadow(ShadowName.Classic)!.Version);

        await host.Twins.Execute(Kiln, new TwinCommand.DeleteShadow(ShadowName.Classic, null, null, "ana", host.Now));
        var deleted = await changes.Until("the deletion", change => change is FleetChange.ShadowChanged);
        Assert.Null(deleted.Twin.FindShadow(ShadowName.Classic));
    }

    [Fact]
    public async Task Whoever_watches_the_fleet_or_another_device_is_not()
    {
        await using var host = await TwinHost.Start();
        await using var all = new Watched(host.Fleet);
        await using var other = new Watched(host.Fleet, new FleetFilter(DeviceId.Parse("kiln-2")));

        await Desire(host, Kiln, "on");
        await host.Ingest("kiln-1", "heat", 1);
        await host.Ingest("kiln-2", "heat", 1);

        Assert.Equal(Kiln, (await all.Until("the first change", _ => true)).Twin.Device);
        Assert.IsNotType<FleetChange.ShadowChanged>(await all.Until("a reading", change => change is FleetChange.ReadingArrived or FleetChange.ShadowChanged));
        Assert.Equal("kiln-2", (await other.Until("the first change", _ => true)).Twin.Device.Value);
    }

    [Fact]
    public async Task A_status_between_two_changes_of_a_shadow_is_told_too()
    {
        await using var host = await TwinHost.Start();
        await host.Ingest("kiln-1", "heat", 1);
        await using var changes = new Watched(host.Fleet, new FleetFilter(Kiln));

        await Desire(host, Kiln, "on");
        await host.Twins.Execute(Kiln, new TwinCommand.SetMaintenance(On: true, "bricks", "ana", host.Now));
        await Desire(host, Kiln, "off");

        Assert.IsType<FleetChange.ShadowChanged>(await changes.Until("the first", _ => true));
        Assert.IsType<FleetChange.StatusChanged>(await changes.Until("the second", _ => true));
        Assert.IsType<FleetChange.ShadowChanged>(await changes.Until("the third", _ => true));
    }

    private static async Task Desire(TwinHost host, DeviceId device, string state)
    {
        var request = $$$"""{"state": {"desired": {"power": "{{{state}}}"} } }""";
        var patch = ShadowRequest.Read(Encoding.UTF8.GetBytes(request), 6, out _, out _)!.State;
        Assert.IsType<Decision.Accepted>(await host.Twins.Execute(device, new TwinCommand.UpdateShadow(ShadowName.Classic, patch, null, null, "ana", null, host.Now)));
    }
}
