using Orleans.Runtime.Services;

namespace OrleansIot.Grains.Fleet;

/// <summary>The way to each silo's part of the fleet.</summary>
internal sealed class SiloFleets(IServiceProvider services) : GrainServiceClient<ISiloFleet>(services)
{
    public ISiloFleet Of(SiloAddress silo) => GetGrainService(silo);
}
