namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>What became of a request.</summary>
/// <param name="Code">Stable; <c>ok</c> where it was done.</param>
/// <param name="Detail">For people; null where it was done.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-answer")]
public sealed record DeviceAnswer([property: Id(0)] string Code, [property: Id(1)] string? Detail = null)
{
    public static readonly DeviceAnswer Ok = new("ok");

    /// <summary>Accepted, and nothing changed: it was so already.</summary>
    public static readonly DeviceAnswer Duplicate = new("duplicate");
}
