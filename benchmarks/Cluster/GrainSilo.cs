using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Grains;
using OrleansIot.TestKit.Peers;

namespace OrleansIot.Cluster;

/// <summary>A silo in this process: the device grains over a store that keeps nothing, and bare grains beside them.</summary>
internal static class GrainSilo
{
    public static async Task<IHost> Start()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var store = new ForgetfulStore();
        builder.Services
            .AddSingleton<ITwinJournal>(store)
            .AddSingleton<ITwinSnapshots>(store)
            .AddSingleton<IRuleStore>(store)
            .AddSingleton<IDeviceTypeStore>(store)
            .AddSingleton(new AlertMessages([]))
            .AddClusterTwins(builder.Configuration);
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(siloPort: FreePort.Find(), gatewayPort: FreePort.Find())
            .UseInMemoryReminderService()
            .AddOrleansIotGrains()
            .KeepGrainStateInTheStore());
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
