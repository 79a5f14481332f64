using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OrleansIot.Application.Fleet;

/// <summary>When devices that go offline together are told as one event too.</summary>
public sealed class MassDisconnectOptions
{
    public const string Section = "Presence:MassDisconnect";

    /// <summary>At least so many devices. Default 10.</summary>
    // Fewer are quicker read one by one, and in a small fleet a share alone would soon be two devices.
    [Range(2, 1_000_000)]
    public int Devices { get; set; } = 10;

    /// <summary>And at least this part of the devices that were online, from 0 to 1. Default 0.2.</summary>
    // A fifth: a site, a cell or a listener of its own rather than the coming and going of a large fleet.
    [Range(0.0, 1.0)]
    public double Share { get; set; } = 0.2;

    /// <summary>Within this time. Default 5 s.</summary>
    // Connections of one broken path end within a second or two of each other; the rest is for the commits of a large fleet.
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class MassDisconnectOptionsValidator : IValidateOptions<MassDisconnectOptions>;
