using System.Collections.Immutable;

namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>What people say about a device; every part may be left out. Limits: docs/devices.md.</summary>
/// <param name="Type">Its device type, by which readings and rules go.</param>
/// <param name="Site">Its place, levels separated by <c>/</c>: <c>plant-1/hall-2</c>.</param>
/// <param name="Metadata">Free facts.</param>
/// <param name="Firmware">As people state it; what the device itself reports is among its metrics.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-profile")]
public sealed record DeviceProfile(
    [property: Id(0)] string? Name = null,
    [property: Id(1)] string? Type = null,
    [property: Id(2)] string? Location = null,
    [property: Id(3)] ImmutableArray<string> Tags = default,
    [property: Id(4)] string? Organisation = null,
    [property: Id(5)] string? Site = null,
    [property: Id(6)] ImmutableArray<string> Groups = default,
    [property: Id(7)] ImmutableDictionary<string, string>? Metadata = null,
    [property: Id(8)] string? Firmware = null);
