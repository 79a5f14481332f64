using System.Collections.Immutable;

namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>What is believed of a device.</summary>
/// <param name="Version">Rises with each change.</param>
/// <param name="Status"><c>unknown</c>, <c>online</c>, <c>offline</c> or <c>maintenance</c>.</param>
/// <param name="StatusReason">Why, for people.</param>
/// <param name="LastSeen">When its last reading came; null where none has.</param>
/// <param name="Metrics">The newest value of each, in the order in which they first came.</param>
/// <param name="Alerts">The open ones, oldest first.</param>
/// <param name="Site">Its place, levels separated by <c>/</c>. The rest of what people say: <see cref="IDeviceGrain.Description"/>.</param>
/// <param name="Maintenance">Null where it is not worked on.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-snapshot")]
public sealed record DeviceSnapshot(
    [property: Id(0)] string DeviceId,
    [property: Id(1)] long Version,
    [property: Id(2)] string? Name,
    [property: Id(3)] string? Type,
    [property: Id(4)] string? Location,
    [property: Id(5)] ImmutableArray<string> Tags,
    [property: Id(6)] string Status,
    [property: Id(7)] string StatusReason,
    [property: Id(8)] DateTimeOffset StatusSince,
    [property: Id(9)] DateTimeOffset? LastSeen,
    [property: Id(10)] ImmutableArray<DeviceMetric> Metrics,
    [property: Id(11)] ImmutableArray<DeviceAlert> Alerts,
    [property: Id(12)] string? Site = null,
    [property: Id(13)] DeviceMaintenance? Maintenance = null);
