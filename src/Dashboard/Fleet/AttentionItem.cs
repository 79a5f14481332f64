using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Fleet;

/// <summary>An open alert beside the device as it is now.</summary>
public sealed record AttentionItem(Alert Alert, Twin Twin)
{
    public string DeviceName => Twin.Description.Name ?? Twin.Device.Value;

    /// <summary>As it is now; the value that fired the rule where the metric is not among the readings.</summary>
    public MetricValue Value => Twin.Readings.Find(Alert.Metric)?.Value ?? Alert.ActualValue;
}
