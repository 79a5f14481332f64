namespace OrleansIot.Grains.Interfaces.Fleet;

/// <summary>The fleet in numbers.</summary>
/// <param name="Devices">All of them; the next four add up to it.</param>
/// <param name="OpenAlerts">Triggered or acknowledged, of any severity.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.fleet-totals")]
public sealed record FleetTotals(
    [property: Id(0)] int Devices,
    [property: Id(1)] int Online,
    [property: Id(2)] int Offline,
    [property: Id(3)] int Unknown,
    [property: Id(4)] int Maintenance,
    [property: Id(5)] int OpenAlerts,
    [property: Id(6)] int CriticalAlerts,
    [property: Id(7)] int WarningAlerts);
