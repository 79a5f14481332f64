using OrleansIot.Dashboard.Charts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>One metric of a device: its newest value and how it came there.</summary>
/// <param name="Severity">Of the worst open alert on this metric.</param>
/// <param name="Trend">Null for a text.</param>
public sealed record MetricTile(LastValue Last, Severity? Severity, LiveSeries? Trend)
{
    public MetricName Metric => Last.Metric;

    public bool IsNumber => Last.Value.Kind != MetricKind.Text;
}
