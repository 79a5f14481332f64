using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansIot.Grains;

/// <summary>Registers the twins of the Cluster edition: owned by grains, wherever in the cluster they are.</summary>
public static class GrainsRegistration
{
    /// <summary>
    /// <c>ITwins</c>, <c>IFleet</c> and <c>IRules</c> of a silo; takes the place of <c>AddRules</c> and <c>AddTwins</c>. Expects
    /// the storage ports and <c>AddNotifications</c> to be registered too, and before. All of it starts and stops with the silo:
    /// what must not run before the twins are there (the gateway) is registered after <c>UseOrleans</c>.
    /// </summary>
    public static IServiceCollection AddClusterTwins(this IServiceCollection services, IConfiguration configuration) =>
        throw new NotImplementedException();

    /// <summary>
    /// The grains, and what each silo runs for them. Expects <see cref="AddClusterTwins"/> on the same services, a clustering
    /// provider, a reminder table, and grain storage of the name <see cref="GrainStorageName"/>.
    /// </summary>
    public static ISiloBuilder AddOrleansIotGrains(this ISiloBuilder silo) => throw new NotImplementedException();

    /// <summary>Keeps the grains' state in the store that keeps the journal, instead of a storage provider of Orleans.</summary>
    public static ISiloBuilder KeepGrainStateInTheStore(this ISiloBuilder silo) => throw new NotImplementedException();

    /// <summary>The grain storage that the twins' state is kept in.</summary>
    public const string GrainStorageName = "twins";
}
