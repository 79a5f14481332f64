using System.Globalization;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Integrator;

/// <summary>Twins in words.</summary>
internal static class DeviceText
{
    public static string Of(DeviceMetric metric) =>
        metric.Number?.ToString(CultureInfo.InvariantCulture) ?? metric.Text ?? (metric.Flag == true ? "true" : "false");

    public static string Line(DeviceSnapshot device) => string.Join(
        ' ',
        [
            $"{device.LastSeen:HH:mm:ss}",
            device.DeviceId,
            device.Status,
            .. device.Metrics.Select(metric => $"{metric.Name}={Of(metric)}"),
            .. device.Alerts.Select(alert => $"[{alert.Severity} {alert.RuleId}]"),
        ]);
}
