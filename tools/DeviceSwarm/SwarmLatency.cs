namespace OrleansIot.DeviceSwarm;

/// <summary>Time from PUBLISH to PUBACK, each within 3 %. A message that had to wait for room in the window counts from when it was due.</summary>
public sealed record SwarmLatency(TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan Max);
