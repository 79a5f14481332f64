using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Application.Shadows;

/// <summary>What device shadows may be. The defaults are those of AWS IoT Core, where it has one.</summary>
public sealed class ShadowOptions
{
    public const string Section = "Shadows";

    /// <summary>Whether a device must be known (by a reading, or because it was described) before it can have a shadow. Default false.</summary>
    // A shadow is the first thing that many a device of an AWS SDK sends. Its policies allowed it, which is registration enough.
    public bool RequireRegistration { get; set; }

    /// <summary>What desired and reported may take together, as compact UTF-8 JSON. Default 8 KiB.</summary>
    // AWS IoT Core: 8 KB. Above 256 KiB an update would not fit into a packet (Gateway:MaxPacketBytes).
    [Range(8 * 1024, 256 * 1024)]
    public int MaxStateBytes { get; set; } = 8 * 1024;

    /// <summary>Levels of keys below desired or reported. Default 6.</summary>
    // AWS IoT Core: 6. The bound keeps every walk over a state a short one.
    [Range(1, 32)]
    public int MaxDepth { get; set; } = 6;

    /// <summary>Shadows of one device, with those deleted less than 48 hours ago. Default 20.</summary>
    // AWS IoT Core names no limit. All of a device's shadows are in its snapshot, and an item of DynamoDB has 400 KB: 20 of 8 KiB fit.
    [Range(1, 1_000)]
    public int MaxPerDevice { get; set; } = 20;

    /// <summary>Requests that one connection may have without an answer; one more is refused with code 429. Default 10.</summary>
    // AWS IoT Core: 10.
    [Range(1, 1_000)]
    public int MaxInFlight { get; set; } = 10;

    /// <summary>
    /// Requests that the shadows of one thing take in a second, over MQTT and HTTP together, and as many at once; one more is refused
    /// with code 429. 0 for no limit. Default 0.
    /// </summary>
    // AWS IoT Core: 20. There a client that waits for each answer comes to no more by the way alone, and here to thousands: programs
    // that never met the limit would meet it.
    [Range(0, 10_000)]
    public int RequestsPerSecond { get; set; }

    /// <summary>Whether a will on a shadow's topic is a request like any other. Default false: it is delivered to subscribers, and changes nothing.</summary>
    // AWS IoT Core ignores it, so that a will of before an outage does not undo what was reported since.
    public bool AcceptWills { get; set; }

    /// <summary>Whether the answer to get tells the metadata of the delta too. Default false.</summary>
    // The guide of AWS IoT has an example with it; its own shadow manager for Greengrass leaves it out.
    public bool DeltaMetadataInGet { get; set; }

    public ShadowLimits Limits => new(MaxStateBytes, MaxDepth, MaxPerDevice, RequireRegistration);
}

[OptionsValidator]
internal sealed partial class ShadowOptionsValidator : IValidateOptions<ShadowOptions>;
