using System.Collections.Immutable;

namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>What a device measured at one moment.</summary>
/// <param name="Metrics">1 to 1,000; each name once.</param>
/// <param name="At">When it was measured, to the millisecond. Null: now.</param>
/// <param name="MessageId">The sender's name for this message: among the device's last 128, an equal one is a repeat and changes nothing. Null: it is never a repeat.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-reading")]
public sealed record DeviceReading(
    [property: Id(0)] ImmutableArray<DeviceMetric> Metrics,
    [property: Id(1)] DateTimeOffset? At = null,
    [property: Id(2)] string? MessageId = null);
