using System.Collections.Immutable;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Api.Devices;

/// <summary>Something that the device's type does not allow, and that was stored all the same.</summary>
/// <param name="Breach"><c>out-of-range</c>, <c>wrong-kind</c>, <c>missing-metric</c>, <c>unknown-metric</c> or <c>derived-metric</c>.</param>
public sealed record QualityDocument(string Metric, string Breach)
{
    /// <summary>Null where nothing is wrong.</summary>
    internal static IReadOnlyList<QualityDocument>? Of(ImmutableArray<ReadingFlag> flags) =>
        flags.IsEmpty ? null : [.. flags.Select(flag => new QualityDocument(flag.Metric.Value, DeviceTypeWords.Of(flag.Breach)))];

    /// <summary>Of one metric; null where nothing is wrong with it.</summary>
    internal static string? Of(ImmutableArray<ReadingFlag> flags, MetricName metric)
    {
        foreach (var flag in flags)
        {
            if (flag.Metric == metric)
                return DeviceTypeWords.Of(flag.Breach);
        }

        return null;
    }
}
