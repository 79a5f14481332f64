using System.Diagnostics.Metrics;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Api.Metrics;

/// <summary>The fleet in numbers: devices by status, open alerts by severity.</summary>
internal sealed class FleetGauges
{
    private readonly IFleet _fleet;
    private FleetCounts _counts = new(0, 0, 0, 0, 0, 0, 0, 0);

    public FleetGauges(IFleet fleet, IMeterFactory meters)
    {
        _fleet = fleet;
        var meter = meters.Create(IngestStatistics.MeterName);
        meter.CreateObservableGauge("orleansiot_devices", Devices, "{device}", "Devices, by status.");
        meter.CreateObservableGauge("orleansiot_open_alerts", OpenAlerts, "{alert}", "Alerts that are triggered or acknowledged, by severity.");
    }

    public async ValueTask Refresh(CancellationToken cancellation) => _counts = await _fleet.Counts(cancellation);

    private IEnumerable<Measurement<int>> Devices() =>
    [
        Labelled(_counts.Online, "status", "online"),
        Labelled(_counts.Offline, "status", "offline"),
        Labelled(_counts.Unknown, "status", "unknown"),
        Labelled(_counts.Maintenance, "status", "maintenance"),
    ];

    private IEnumerable<Measurement<int>> OpenAlerts() =>
    [
        Labelled(_counts.CriticalAlerts, "severity", "critical"),
        Labelled(_counts.WarningAlerts, "severity", "warning"),
        Labelled(_counts.OpenAlerts - _counts.CriticalAlerts - _counts.WarningAlerts, "severity", "info"),
    ];

    private static Measurement<int> Labelled(int count, string label, string value) => new(count, new KeyValuePair<string, object?>(label, value));
}
