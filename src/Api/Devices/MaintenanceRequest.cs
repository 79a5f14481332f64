namespace OrleansIot.Api.Devices;

/// <summary>Somebody begins or ceases to work on a device.</summary>
/// <param name="On">Default true.</param>
/// <param name="Reason">At most 256 characters.</param>
/// <param name="By">Who; <c>api</c> where it is left out.</param>
public sealed record MaintenanceRequest(bool? On, string? Reason, string? By);
