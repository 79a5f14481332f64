namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>A metric and its value: exactly one of the three is set.</summary>
/// <param name="Name">1 to 128 characters; the unit by convention at its end: <c>disk-root-used-percent</c>.</param>
/// <param name="Number">A finite number.</param>
/// <param name="Flag">A boolean.</param>
/// <param name="Text">At most 256 characters.</param>
/// <param name="At">When it was measured. Set in answers; in a reading it is the reading's own time, and this is ignored.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-metric")]
public sealed record DeviceMetric(
    [property: Id(0)] string Name,
    [property: Id(1)] double? Number = null,
    [property: Id(2)] bool? Flag = null,
    [property: Id(3)] string? Text = null,
    [property: Id(4)] DateTimeOffset? At = null);
