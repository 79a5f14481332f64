namespace OrleansIot.Domain.Twins;

/// <summary>One connection of a device, unique within a host's run. It means nothing after a restart: see <see cref="Twin.Recovered"/>.</summary>
public readonly record struct SessionId(long Value);
