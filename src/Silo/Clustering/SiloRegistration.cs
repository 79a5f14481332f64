using System.Net;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansIot.Gateway;
using OrleansIot.Grains;
using OrleansIot.Grains.Silos;

namespace OrleansIot.Silo.Clustering;

/// <summary>This process as a silo of its cluster.</summary>
internal static class SiloRegistration
{
    public static WebApplicationBuilder AddSilo(this WebApplicationBuilder builder, ClusterMode mode)
    {
        var services = builder.Services;
        services.AddOptionsWithValidateOnStart<ClusterHostOptions, ClusterHostOptionsValidator>().Bind(builder.Configuration.GetSection(ClusterHostOptions.Section));
        services.AddSingleton<IValidateOptions<ClusterHostOptions>, ClusterHostRules>();
        services.AddOptions<HostOptions>().Configure<IOptions<ClusterHostOptions>>((host, own) => host.ShutdownTimeout = own.Value.StopTimeout);
        services.AddHealthChecks().AddCheck<SiloHealth>(SiloHealth.Name);

        // Every silo can tell by it which connections were those of a silo that died.
        services.AddSingleton(provider => new GatewayRun(SiloRun.OfThis(provider)));

        services.AddHostedService<SiloPorts>();
        if (mode == ClusterMode.DynamoDb)
        {
            services.AddHostedService<OrleansTables>();
            services.AddHostedService<StaleMembers>();
        }

        builder.UseOrleans(silo =>
        {
            silo.Services.AddOptions<ClusterOptions>().Configure<IOptions<ClusterHostOptions>>(Name);
            silo.Services.AddOptions<EndpointOptions>().Configure<IOptions<ClusterHostOptions>>(Listen);
            silo.Services.AddOptions<ClusterMembershipOptions>().Configure<IOptions<ClusterHostOptions>>(Watch);
            silo.Services.AddOptions<SiloMessagingOptions>().Configure<IOptions<ClusterHostOptions>>((messaging, own) => messaging.ResponseTimeout = own.Value.ResponseTimeout);
            silo.AddOrleansIotGrains();
            if (mode == ClusterMode.Localhost)
                silo.UseThisMachineAlone();
            else
                silo.UseDynamoDb();
        });
        return builder;
    }

    private static void UseThisMachineAlone(this ISiloBuilder silo)
    {
        silo.UseDevelopmentClustering(membership => membership.Configure<IOptions<ClusterHostOptions>>(
            (development, own) => development.PrimarySiloEndpoint = new IPEndPoint(own.Value.Address ?? IPAddress.Loopback, own.Value.SiloPort)));
        silo.KeepGrainStateInTheStore();

        // They need not outlive the silo: every twin is taken up when it starts, and sets its own again.
        silo.UseInMemoryReminderService();
    }

    private static void Name(ClusterOptions cluster, IOptions<ClusterHostOptions> own)
    {
        cluster.ClusterId = own.Value.ClusterId;
        cluster.ServiceId = own.Value.ServiceId;
    }

    // The listening end points are left out: then it listens on that address alone, and not on every interface.
    private static void Listen(EndpointOptions endpoint, IOptions<ClusterHostOptions> own)
    {
        endpoint.SiloPort = own.Value.SiloPort;
        endpoint.GatewayPort = own.Value.GatewayPort;
        if (own.Value.Address is { } address)
            endpoint.AdvertisedIPAddress = address;
    }

    private static void Watch(ClusterMembershipOptions membership, IOptions<ClusterHostOptions> own)
    {
        membership.ProbeTimeout = own.Value.ProbeTimeout;
        membership.NumMissedProbesLimit = own.Value.MissedProbes;
        membership.IAmAliveTablePublishTimeout = own.Value.AliveInterval;
    }
}
