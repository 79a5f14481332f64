using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;

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

    private static async Task<HealthStatus> Health(TwinHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["twins"].Status;
}
