using System.Globalization;
using OrleansIot.Dashboard.Display;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>The parts of a device type as people read them.</summary>
public static class TypeText
{
    public static string KindOf(MetricKind kind) => kind switch
    {
        MetricKind.Boolean => "yes or no",
        MetricKind.Text => "text",
        _ => "number",
    };

    /// <summary>–20 to 130, at least 0, at most 16; null where anything is believed.</summary>
    public static string? RangeOf(MetricSchema metric) => (metric.Min, metric.Max) switch
    {
        ({ } min, { } max) => $"{Exact(min)} to {Exact(max)}",
        ({ } min, null) => $"at least {Exact(min)}",
        (null, { } max) => $"at most {Exact(max)}",
        _ => null,
    };

    /// <summary>How what is sent becomes what is kept; null where it is kept as it is.</summary>
    public static string? TransformOf(MetricSchema metric) => metric.Transform switch
    {
        null => null,
        { From: { } from } => $"from {MetricText.Written(from)}",
        { Scale: 1, Offset: var offset } => Plus(offset).TrimStart(),
        { Scale: var scale, Offset: 0 } => $"× {Exact(scale)}",
        { Scale: var scale, Offset: var offset } => $"× {Exact(scale)}{Plus(offset)}",
    };

    public static string BreachOf(BreachPolicy policy) => policy == BreachPolicy.Refuse ? "refused" : "stored and flagged";

    private static string Plus(double offset) => offset < 0 ? $" − {Exact(-offset)}" : $" + {Exact(offset)}";

    // A limit that is rounded is another limit.
    private static string Exact(double value) => value.ToString(Math.Abs(value) is 0 or (>= 1e-9 and < 1e15) ? "#,0.###############" : "R", CultureInfo.InvariantCulture).Replace('-', '−');
}
