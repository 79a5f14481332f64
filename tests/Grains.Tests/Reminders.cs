using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Twins;
using OrleansIot.TestKit;

namespace OrleansIot.Grains.Tests;

public sealed class Reminders(SharedCluster shared) : IClassFixture<SharedCluster>
{
    // A reminder is registered once a rule has been pending for five seconds, and removed as late.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    private readonly TestedCluster _cluster = shared.Cluster;

    [Fact]
    public async Task A_reminder_is_kept_while_a_rule_is_pending_and_no_longer()
    {
        await _cluster.Rules(0).Put(Given.RuleAbove("long", "strain", 5, forSeconds: 3_600));

        await Strain("bent", 6);
        await Eventually.IsTrue("a reminder is kept for what is pending", () => IsKept("bent"), Settled);

        await Strain("bent", 1);
        await Eventually.IsTrue("the reminder is removed when nothing is pending any more", async () => !await IsKept("bent"), Settled);
    }

    [Fact]
    public async Task A_tick_gives_an_owner_to_a_twin_that_has_none()
    {
        await Strain("orphaned", 1);
        var owner = _cluster.On<IGrainFactory>(0).GetGrain<ITwinOwnerGrain>("orphaned");
        await _cluster.Deactivate(owner);
        Assert.Equal(0, _cluster.Owners("orphaned"));

        await owner.AsReference<IRemindable>().ReceiveReminder(OutlivingReminder.Name, default);

        Assert.Equal(1, _cluster.Owners("orphaned"));
        Assert.Single((await _cluster.Twins(1).Find(DeviceId.Parse("orphaned")))!.Twin.Readings);
    }

    private async Task Strain(string device, double value) =>
        Assert.IsType<Decision.Accepted>(await _cluster.Twins(0).Execute(DeviceId.Parse(device), TestedCluster.Reading("strain", value)));

    private async Task<bool> IsKept(string device)
    {
        var grain = _cluster.On<IGrainFactory>(0).GetGrain<ITwinOwnerGrain>(device).GetGrainId();
        return await _cluster.On<IReminderTable>(0).ReadRow(grain, OutlivingReminder.Name) is not null;
    }
}
