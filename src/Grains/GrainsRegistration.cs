using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Grains.DeviceTypes;
using OrleansIot.Grains.Fleet;
using OrleansIot.Grains.Rules;
using OrleansIot.Grains.Silos;
using OrleansIot.Grains.Twins;

namespace OrleansIot.Grains;

/// <summary>Registers the twins of the Cluster edition: owned by grains, wherever in the cluster they are.</summary>
public static class GrainsRegistration
{
    /// <summary>The grain storage that the twins' state is kept in.</summary>
    public const string GrainStorageName = "twins";

    /// <summary>
    /// <c>ITwins</c>, <c>IFleet</c>, <c>IRules</c> and <c>IDeviceTypes</c> of a silo; takes the place of <c>AddRules</c> and <c>AddTwins</c>. Expects
    /// the storage ports and <c>AddNotifications</c> to be registered too, and before. All of it starts and stops with the silo:
    /// what must not run before the twins are there (the gateway) is registered after <c>UseOrleans</c>.
    /// </summary>
    public static IServiceCollection AddClusterTwins(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddLiveTwins(configuration);
        services.AddSingleton<SiloMembers>();

        services.AddStarting<ClusterRules>();
        services.AddSingleton<IRules>(provider => provider.GetRequiredService<ClusterRules>());
        services.AddSingleton<RuleAnnouncements>();
        services.AddStarting<RuleReviews>();

        services.Configure<DeviceTypeOptions>(configuration.GetSection(DeviceTypeOptions.Section));
        services.AddStarting<ClusterDeviceTypes>();
        services.AddSingleton<IDeviceTypes>(provider => provider.GetRequiredService<ClusterDeviceTypes>());

        services.AddSingleton<GrainTwins>();
        services.AddSingleton<ITwins>(provider => provider.GetRequiredService<GrainTwins>());
        services.AddSingleton<LostTwins>();
        services.AddSingleton<DeviceGrainServices>();
        services.AddStarting<TwinsTakenUp>();

        services.AddSingleton<SiloFleets>();
        services.AddSingleton<FleetRelays>();
        services.AddSingleton<IFleet, ClusterFleet>();

        services.AddHealthChecks().AddCheck<ClusterRules>(ClusterRules.HealthName).AddCheck<ClusterDeviceTypes>(ClusterDeviceTypes.HealthName).AddCheck<TwinsTakenUp>(TwinsTakenUp.HealthName);
        return services;
    }

    /// <summary>
    /// The grains, and what each silo runs for them. Expects <see cref="AddClusterTwins"/> on the same services, a clustering
    /// provider, a reminder table, and grain storage of the name <see cref="GrainStorageName"/>.
    /// </summary>
    public static ISiloBuilder AddOrleansIotGrains(this ISiloBuilder silo) => silo
        .AddReminders()
        .AddGrainService<SiloFleet>()
        .AddGrainService<SiloRules>();

    /// <summary>Keeps the grains' state in the store that keeps the journal, instead of a storage provider of Orleans.</summary>
    public static ISiloBuilder KeepGrainStateInTheStore(this ISiloBuilder silo)
    {
        silo.Services.AddGrainStorage(GrainStorageName, (services, _) => new SnapshotGrainStorage(services.GetRequiredService<ITwinSnapshots>()));
        return silo;
    }

    private static void AddStarting<T>(this IServiceCollection services)
        where T : class, ILifecycleParticipant<ISiloLifecycle>
    {
        services.AddSingleton<T>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<T>());
    }
}
