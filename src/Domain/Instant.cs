using System.Globalization;

namespace OrleansIot.Domain;

/// <summary>
/// A moment in time, UTC, to the millisecond: the resolution that is stored, so that a twin read back from its events
/// equals the one that was believed before.
/// </summary>
public readonly record struct Instant(long UnixMilliseconds) : IComparable<Instant>
{
    public static readonly Instant MinValue = new(DateTimeOffset.MinValue.ToUnixTimeMilliseconds());
    public static readonly Instant MaxValue = new(DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());

    public static Instant From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    public static Instant FromUnixSeconds(long seconds) => new(checked(seconds * 1000));

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    public int CompareTo(Instant other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    public static bool operator <(Instant left, Instant right) => left.UnixMilliseconds < right.UnixMilliseconds;
    public static bool operator >(Instant left, Instant right) => left.UnixMilliseconds > right.UnixMilliseconds;
    public static bool operator <=(Instant left, Instant right) => left.UnixMilliseconds <= right.UnixMilliseconds;
    public static bool operator >=(Instant left, Instant right) => left.UnixMilliseconds >= right.UnixMilliseconds;
    public static Instant operator +(Instant time, TimeSpan span) => new(time.UnixMilliseconds + (long)span.TotalMilliseconds);
    public static Instant operator -(Instant time, TimeSpan span) => new(time.UnixMilliseconds - (long)span.TotalMilliseconds);
    public static TimeSpan operator -(Instant left, Instant right) => TimeSpan.FromMilliseconds(left.UnixMilliseconds - right.UnixMilliseconds);

    /// <summary>ISO 8601, UTC, with milliseconds: <c>2026-11-21T09:48:00.000Z</c>.</summary>
    public override string ToString() => ToDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
