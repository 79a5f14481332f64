using System.Collections.Immutable;

namespace OrleansIot.Domain.Telemetry;

/// <summary>What a device reported at one moment.</summary>
/// <param name="At">When the device measured it (its clock), or <paramref name="ReceivedAt"/> where it did not say.</param>
/// <param name="ReceivedAt">When it reached us (our clock).</param>
/// <param name="Metrics">At least one; each name once.</param>
public sealed record Reading(Instant At, Instant ReceivedAt, ImmutableArray<Metric> Metrics)
{
    public bool Equals(Reading? other) =>
        other is not null && At == other.At && ReceivedAt == other.ReceivedAt && Metrics.SequenceEqual(other.Metrics);

    public override int GetHashCode() => HashCode.Combine(At, ReceivedAt, Metrics.Length);
}
