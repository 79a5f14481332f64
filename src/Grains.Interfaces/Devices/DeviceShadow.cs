namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>A shadow of a device: what it reported, what is desired of it, and the difference.</summary>
/// <param name="Name">Null: the classic one.</param>
/// <param name="Version">One more with each update.</param>
/// <param name="Document">JSON, as <c>GET /api/v1/devices/{id}/shadows/{name}</c> answers it.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-shadow")]
public sealed record DeviceShadow(
    [property: Id(0)] string? Name,
    [property: Id(1)] long Version,
    [property: Id(2)] string Document);
