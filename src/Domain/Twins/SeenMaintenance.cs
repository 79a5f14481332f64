namespace OrleansIot.Domain.Twins;

/// <summary>Whether a device was worked on when somebody looked.</summary>
/// <param name="Maintenance">Null: it was not.</param>
public sealed record SeenMaintenance(Maintenance? Maintenance);
