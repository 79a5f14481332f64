namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>Somebody works on the device: its alerts wait, and nobody is notified.</summary>
/// <param name="Reason">For people; may be empty.</param>
/// <param name="By">Who said so last.</param>
/// <param name="Connectivity">What the status would be otherwise.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.device-maintenance")]
public sealed record DeviceMaintenance(
    [property: Id(0)] DateTimeOffset Since,
    [property: Id(1)] string Reason,
    [property: Id(2)] string By,
    [property: Id(3)] string Connectivity);
