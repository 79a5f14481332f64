using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansIot.Api;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Dashboard;
using OrleansIot.Gateway;
using OrleansIot.Grains;
using OrleansIot.Hosting;
using OrleansIot.Hosting.Access;
using OrleansIot.Notifications;
using OrleansIot.Scenarios.Editions;
using OrleansIot.Silo.Peers;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Cluster.Tests.TestingHost;

/// <summary>What a silo of the product is made of, on the test cluster's own host, with a store in memory.</summary>
internal sealed class SiloOfTests(InMemoryStore store, InMemoryKeys keys, int mqttPort, string[] settings)
{
    public void Configure(IHostBuilder host)
    {
        host.ConfigureAppConfiguration(configuration => configuration.AddCommandLine([$"--Gateway:Port={mqttPort}", .. settings]));
        host.ConfigureLogging(logging => logging.ClearProviders());
        host.ConfigureServices((context, services) =>
        {
            store.AddTo(services);
            services.AddSingleton<IKeyRing>(keys);
            services.AddNotifications(context.Configuration).AddClusterTwins(context.Configuration);
        });
        host.UseOrleans((_, silo) => silo.AddOrleansIotGrains().KeepGrainStateInTheStore().UseInMemoryReminderService());
        host.ConfigureServices((context, services) =>
        {
            services.AddApi(context.Configuration).AddSharedSignInKeys().AddDashboard(context.Configuration);
            services.AddSingleton(provider => new GatewayRun(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress.GetConsistentHashCode()));
            services.AddSiloPeers().AddMqttGateway();
        });
        host.ConfigureWebHostDefaults(web => web.UseUrls("http://127.0.0.1:0").Configure(app => app.UsePages()));
    }

    public static EntryPoint EntryOf(IServiceProvider silo)
    {
        var http = silo.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new EntryPoint(new Uri(http), silo.GetRequiredService<MqttGatewayAddress>().Bound!.Port);
    }
}
