using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Api.Metrics;

/// <summary>What <c>/metrics</c> shows.</summary>
public sealed class MetricsOptions
{
    public const string Section = "Metrics";

    /// <summary>
    /// Names of the meters that are shown. Default: the platform's own, the .NET runtime's (CPU, memory, garbage collection) and
    /// the web server's. A list that is configured replaces it.
    /// </summary>
    [MinLength(1)]
    public IReadOnlyList<string> Meters { get; set; } = [];

    /// <summary>Series that one instrument may have; more are dropped and counted. Default 1,000.</summary>
    // Fleet-wide metrics have a handful of labels each; this bounds one whose labels come from outside.
    [Range(1, 100_000)]
    public int MaxSeriesPerInstrument { get; set; } = 1_000;

    internal static readonly string[] DefaultMeters =
        [IngestStatistics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];
}

[OptionsValidator]
internal sealed partial class MetricsOptionsValidator : IValidateOptions<MetricsOptions>;
