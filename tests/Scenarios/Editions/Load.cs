namespace OrleansIot.Scenarios.Editions;

/// <summary>As much as an edition's store takes, so that a scenario under load ends in time.</summary>
/// <param name="Messages">A multiple of <paramref name="Devices"/>: each sends as many as the others.</param>
/// <param name="Rate">Messages per second over all devices.</param>
public sealed record Load(int Devices, int Messages, int Rate);
