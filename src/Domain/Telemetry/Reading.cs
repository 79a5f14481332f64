using System.Collections.Immutable;

namespace OrleansIot.Domain.Telemetry;

/// <summary>What a device reported at one moment.</summary>
/// <param name="At">When the device measured it (its clock), or <paramref name="ReceivedAt"/> where it did not say.</param>
/// <param name="ReceivedAt">When it reached us (our clock).</param>
/// <param name="Metrics">At least one; each name once.</param>
public sealed record Reading(Instant At, Instant ReceivedAt, ImmutableArray<Metric> Metrics)
{
    /// <summary>What about it the device's type does not allow; mostly nothing.</summary>
    public ImmutableArray<ReadingFlag> Flags { get; init; } = [];

    /// <summary>
    /// The reading's place among others: when it was measured, but never after it came. A clock that once ran ahead would
    /// otherwise make every later reading a late one.
    /// </summary>
    public Instant Moment => At < ReceivedAt ? At : ReceivedAt;

    public bool Equals(Reading? other) =>
        other is not null && At == other.At && ReceivedAt == other.ReceivedAt && Metrics.SequenceEqual(other.Metrics) && Flags.SequenceEqual(other.Flags);

    public override int GetHashCode() => HashCode.Combine(At, ReceivedAt, Metrics.Length);
}
