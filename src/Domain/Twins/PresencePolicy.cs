namespace OrleansIot.Domain.Twins;

/// <param name="HeartbeatLimit">How long a device without a connection of its own may be silent before it counts as offline.</param>
public sealed record PresencePolicy(TimeSpan HeartbeatLimit);
