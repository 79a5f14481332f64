using OrleansIot.Dashboard.Charts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>One metric of a device: its newest value and how it came there.</summary>
/// <param name="Severity">Of the worst open alert on this metric.</param>
/// <param name="Trend">Null for a flag and a text, and where there are very many metrics.</param>
/// <param name="IsStale">The device reports other metrics, but this one no longer.</param>
/// <param name="Unit">As the device's type states it.</param>
/// <param name="Quality">What about the value the device's type does not allow, in words; null where nothing.</param>
public sealed record MetricTile(LastValue Last, Severity? Severity, LiveSeries? Trend, bool IsStale, string? Unit = null, string? Quality = null)
{
    public MetricName Metric => Last.Metric;

    public bool IsNumber => Last.Value.Kind == MetricKind.Number;

    /// <summary>A flag can be drawn too, as 1 and 0.</summary>
    public bool IsDrawable => Last.Value.Kind != MetricKind.Text;
}
