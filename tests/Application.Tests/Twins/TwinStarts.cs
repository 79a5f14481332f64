using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Twins;

public sealed class TwinStarts
{
    [Fact]
    public async Task A_damaged_device_does_not_keep_the_others_from_starting_and_is_told_of()
    {
        await using var host = await TwinHost.Start();
        foreach (var device in (string[])["a", "b", "c"])
            await host.Ingest(device, "t", 1);

        Assert.Equal(HealthStatus.Healthy, await Health(host));
        host.Store.Journal.Damage(DeviceId.Parse("b"));

        await host.Crash();

        Assert.Equal(2, (await host.Fleet.Counts()).Devices);
        Assert.Equal(HealthStatus.Degraded, await Health(host));
        var refused = await Assert.ThrowsAsync<TwinUnavailableException>(async () => await host.Ingest("b", "t", 2));
        Assert.False(refused.IsTransient);
    }

    [Fact]
    public async Task Twins_with_a_snapshot_with_events_after_it_and_without_one_are_as_they_were_and_only_the_last_are_asked_for_one_by_one()
    {
        await using var host = await TwinHost.Start();
        foreach (var device in (string[])["saved", "changed-since"])
            await host.Ingest(device, "t", 1, messageId: "first");

        await host.Store.Journal.Save([await host.Find("saved"), await host.Find("changed-since")], default);
        await host.Ingest("changed-since", "t", 2);
        await host.Ingest("never-saved", "t", 3);
        var loads = host.Store.Journal.Loads;

        await host.Crash();

        Assert.Equal(1, host.Store.Journal.Loads - loads);
        foreach (var (device, value) in (IEnumerable<(string, double)>)[("saved", 1), ("changed-since", 2), ("never-saved", 3)])
            Assert.Equal(value, (await host.Find(device)).Readings[0].Value.Number);

        // What was taken up is what acts: it knows the message, and goes on where it was.
        Assert.Empty(Assert.IsType<Decision.Accepted>(await host.Ingest("changed-since", "t", 9, messageId: "first")).Events);
        await host.Ingest("saved", "t", 4);
        Assert.Equal(4, (await host.Find("saved")).Readings[0].Value.Number);
    }

    private static async Task<HealthStatus> Health(TwinHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["twins"].Status;
}
