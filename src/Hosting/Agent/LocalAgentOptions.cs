using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OrleansIot.Hosting.Agent;

/// <summary>The hardware agent that runs in this process and reports this machine.</summary>
public sealed class LocalAgentOptions
{
    public const string Section = "Agent";

    /// <summary>Whether this machine reports itself as a device. Default true.</summary>
    // The first thing a newcomer sees is a live device, without having one.
    public bool Enabled { get; set; } = true;

    /// <summary>Its device id. Default: the host's name, other characters replaced by dashes.</summary>
    [RegularExpression("[a-zA-Z0-9:_-]{1,128}", ErrorMessage = "Agent:DeviceId must be 1 to 128 of the characters a-z A-Z 0-9 : _ -.")]
    public string? DeviceId { get; set; }

    /// <summary>Time between two readings. Default 2 s.</summary>
    // Fast enough that charts move while somebody watches; an agent on a device of its own defaults to 10 s.
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00", ErrorMessage = "Agent:Interval must be from 00:00:00.1 to 1.00:00:00.")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);
}

[OptionsValidator]
internal sealed partial class LocalAgentOptionsValidator : IValidateOptions<LocalAgentOptions>;
