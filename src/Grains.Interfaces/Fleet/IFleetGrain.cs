namespace OrleansIot.Grains.Interfaces.Fleet;

/// <summary>
/// The fleet as a whole. Key: 0. Answered by whichever silo is nearest, which asks the others for their parts: there is no one
/// place that all of it goes through.
/// </summary>
[Alias("orleansiot.fleet")]
public interface IFleetGrain : IGrainWithIntegerKey
{
    /// <summary>How many devices and open alerts there are. While a silo that died is being replaced, its devices may be missing.</summary>
    [Alias("counts")]
    Task<FleetTotals> Counts();

    /// <summary>A page of the devices, in order of id.</summary>
    /// <exception cref="ArgumentException">The query is outside its documented ranges.</exception>
    [Alias("list")]
    Task<FleetPage> List([Immutable] FleetQuery query);
}
