using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;

namespace OrleansIot.Application.History.Rollups;

/// <summary>Which buckets answer a query, and from what.</summary>
/// <remarks>
/// Buckets of a minute or more are made from roll-ups. Range and width are then widened to whole minutes, so that no minute
/// lies across the edge of a bucket and every value counts once.
/// </remarks>
public readonly record struct SeriesPlan(long From, long To, long Width, bool FromRollups)
{
    public int Buckets => (int)Ceiling(To - From, Width);

    /// <param name="readingsFrom">Readings before it have expired: a query that begins there gets roll-ups.</param>
    public static SeriesPlan For(SeriesQuery query, Instant readingsFrom)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Points, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Points, 5_000, nameof(query));
        var (from, to) = (query.From.UnixMilliseconds, query.To.UnixMilliseconds);
        var width = Math.Max(1, Ceiling(to - from, query.Points));
        if (width < HourRollups.MinuteMilliseconds && query.From >= readingsFrom)
            return new SeriesPlan(from, to, width, FromRollups: false);

        from = HourRollups.MinuteOf(from) * HourRollups.MinuteMilliseconds;
        to = -HourRollups.MinuteOf(-to) * HourRollups.MinuteMilliseconds;
        var minutes = Math.Max(1, Ceiling(Ceiling(to - from, query.Points), HourRollups.MinuteMilliseconds));
        return new SeriesPlan(from, to, minutes * HourRollups.MinuteMilliseconds, FromRollups: true);
    }

    private static long Ceiling(long value, long unit) => value <= 0 ? 0 : ((value - 1) / unit) + 1;
}
