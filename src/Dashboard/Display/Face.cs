using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Display;

/// <summary>How a state is told: by a word and by a shape (a class of parts.css), whose colour only comes third.</summary>
public readonly record struct Face(string Word, string Shape)
{
    public static readonly Face Quiet = new("None", "is-quiet");

    public static Face Of(Severity severity) => severity switch
    {
        Severity.Critical => new("Critical", "is-critical"),
        Severity.Warning => new("Warning", "is-warning"),
        _ => new("Info", "is-info"),
    };

    public static Face Of(DeviceStatus status) => status switch
    {
        DeviceStatus.Online => new("Online", "is-ok"),
        DeviceStatus.Offline => new("Offline", "is-offline"),
        DeviceStatus.Maintenance => new("Maintenance", "is-maintenance"),
        _ => new("Unknown", "is-unknown"),
    };

    public static Face Of(AlertStatus status) => status switch
    {
        AlertStatus.Triggered => new("Triggered", "is-triggered"),
        AlertStatus.Acknowledged => new("Acknowledged", "is-acknowledged"),
        _ => new("Resolved", "is-resolved"),
    };

    /// <summary>The worst that can be said of a device, in one mark.</summary>
    public static Face Worst(Twin twin) => twin.WorstSeverity is { } severity ? Of(severity) : Of(twin.Status);
}
