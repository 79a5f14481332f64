using System.Collections.Immutable;
using System.Globalization;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Application.Fleet;

/// <summary>Many devices that went offline together: one thing that happened, however many devices it happened to.</summary>
/// <param name="Since">When the first of them went.</param>
/// <param name="Until">When the last of them went.</param>
/// <param name="Count">How many went.</param>
/// <param name="Back">How many of them are there again.</param>
/// <param name="Of">How many were online before.</param>
/// <param name="Reason">The reason that most of them have: <c>connection lost</c>.</param>
/// <param name="Sample">The first of them, at most <see cref="MaxSample"/>.</param>
/// <param name="BackAt">Since when it is over: so many are back that the rest are no longer one thing. Null while it lasts.</param>
public sealed record FleetOutage(
    Instant Since, Instant Until, int Count, int Back, int Of, string Reason, ImmutableArray<DeviceId> Sample, Instant? BackAt = null)
{
    public const int MaxSample = 10;

    /// <summary>For people: <c>137 devices went offline within 3 s (connection lost)</c>.</summary>
    public string Text => BackAt is { } over
        ? string.Create(CultureInfo.InvariantCulture, $"{Back} of {Count} devices that went offline at once are back after {Seconds(over - Since)} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Count} devices went offline within {Seconds(Until - Since)} s ({Reason})");

    /// <summary>Of the parts of one fleet.</summary>
    public static FleetOutage? Sum(FleetOutage? one, FleetOutage? other)
    {
        if (one is null || other is null)
            return one ?? other;

        return new FleetOutage(
            one.Since < other.Since ? one.Since : other.Since,
            one.Until > other.Until ? one.Until : other.Until,
            one.Count + other.Count,
            one.Back + other.Back,
            one.Of + other.Of,
            one.Count >= other.Count ? one.Reason : other.Reason,
            [.. one.Sample.Concat(other.Sample).Take(MaxSample)]);
    }

    public bool Equals(FleetOutage? other) =>
        other is not null && Since == other.Since && Until == other.Until && Count == other.Count && Back == other.Back && Of == other.Of
        && Reason == other.Reason && BackAt == other.BackAt && Sample.SequenceEqual(other.Sample);

    public override int GetHashCode() => HashCode.Combine(Since, Count, Back);

    private static long Seconds(TimeSpan span) => Math.Max(1, (long)Math.Ceiling(span.TotalSeconds));
}
