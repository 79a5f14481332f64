using System.Collections.Immutable;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Grains.Interfaces.Fleet;

/// <summary>A part of the list of devices.</summary>
/// <param name="Total">How many match in all.</param>
/// <param name="Next">Where to go on; null at the end.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.fleet-page")]
public sealed record FleetPage(
    [property: Id(0)] ImmutableArray<DeviceSnapshot> Devices,
    [property: Id(1)] int Total,
    [property: Id(2)] string? Next);
