using OrleansIot.Domain;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>When a message reached us: as a moment for people, and as a timestamp to measure from.</summary>
internal readonly record struct Arrival(Instant At, long Timestamp)
{
    public static Arrival Now(TimeProvider time) => new(Instant.From(time.GetUtcNow()), time.GetTimestamp());
}
