using System.Collections.Immutable;
using Orleans.Services;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Grains.Fleet;

/// <summary>One silo's part of the fleet: the twins that its grains own. Asked by the other silos; see <see cref="ClusterFleet"/>.</summary>
[Alias("orleansiot.silo-fleet")]
internal interface ISiloFleet : IGrainService
{
    [Alias("counts")]
    Task<FleetCounts> Counts();

    [Alias("parts")]
    Task<FleetParts> Parts();

    [Alias("list")]
    Task<DevicePage> List(DeviceQuery query);

    /// <summary>Begins to gather changes for whoever asks for <see cref="Next"/>; ends where nobody does for a minute.</summary>
    [Alias("open")]
    Task<Guid> Open(FleetFilter filter);

    /// <summary>What changed since the last call: waits some seconds for something. Null: there is no such watch (any more).</summary>
    [Alias("next")]
    Task<ImmutableArray<FleetChange>?> Next(Guid watch);

    [Alias("close")]
    Task Close(Guid watch);
}
