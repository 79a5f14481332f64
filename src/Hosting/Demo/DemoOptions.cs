using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OrleansIot.Hosting.Demo;

/// <summary>A simulated fleet beside whatever really connects.</summary>
public sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>How many simulated devices; 0, the default, for none.</summary>
    [Range(0, 10_000, ErrorMessage = "Demo:Devices must be from 0 to 10000.")]
    public int Devices { get; set; }

    /// <summary>Decides everything that they do. Default 1.</summary>
    public int Seed { get; set; } = 1;
}

[OptionsValidator]
internal sealed partial class DemoOptionsValidator : IValidateOptions<DemoOptions>;
