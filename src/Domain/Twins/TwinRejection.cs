namespace OrleansIot.Domain.Twins;

/// <summary>A rule said no. <paramref name="Code"/> is stable; <paramref name="Detail"/> is for people.</summary>
public sealed record TwinRejection(string Code, string Detail)
{
    public static readonly TwinRejection TooManyMetrics =
        new("reading.too-many-metrics", $"A device has at most {Twin.MaxMetrics} different metrics; send fewer, or values under names that do not change.");

    public static readonly TwinRejection UnknownDevice = new("device.unknown", "No such device.");

    public static readonly TwinRejection DescriptionChanged = new("device.changed", "The device was described anew meanwhile; look again and repeat the change.");

    public static readonly TwinRejection UnknownAlert = new("alert.unknown", "No such alert is open on this device.");

    public static readonly TwinRejection AlertResolved = new("alert.resolved", "The alert is resolved already.");

    public static readonly TwinRejection MaintenanceChanged = new("device.changed", "Its maintenance began or ended meanwhile; look again and repeat the change.");

    public static readonly TwinRejection MaintenanceInvalid = new(
        "device.maintenance-invalid",
        $"Give a reason of at most {Maintenance.MaxReasonLength} characters and a name of 1 to {Maintenance.MaxByLength}, without control characters.");
}
