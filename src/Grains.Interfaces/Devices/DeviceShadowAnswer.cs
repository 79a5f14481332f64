namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>What became of a change of a shadow.</summary>
/// <param name="Code">Stable; <c>ok</c> where it was done, else one of docs/shadows.md.</param>
/// <param name="Detail">For people; null where it was done.</param>
/// <param name="Version">The one that the change made, or that was deleted; null where it was refused.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-shadow-answer")]
public sealed record DeviceShadowAnswer(
    [property: Id(0)] string Code,
    [property: Id(1)] string? Detail,
    [property: Id(2)] long? Version);
