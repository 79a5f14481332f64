using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;

namespace OrleansIot.Application.History.Rollups;

/// <summary>Which buckets answer a query, and from what.</summary>
/// <param name="Level">The roll-ups that it is answered from; null for the readings themselves.</param>
/// <param name="Width">Of a bucket, in milliseconds; zero where points are the readings themselves.</param>
/// <param name="KeptFrom">What is before has expired.</param>
/// <param name="IsAsked">Whether the resolution was asked for, and not chosen.</param>
/// <remarks>
/// Range and width of buckets made from roll-ups are widened to whole units, so that no unit lies across the edge of a bucket and every
/// value counts once.
/// </remarks>
public readonly record struct SeriesPlan(long From, long To, long Width, RollupLevel? Level, long KeptFrom, SeriesShape Shape, int Points, bool IsAsked)
{
    /// <summary>Up to so many readings, points are chosen from them; from roll-ups where there are more, unless readings were asked for.</summary>
    // A day of readings two seconds apart. Six metrics are decoded at some six million readings a second.
    public const int FewReadings = 50_000;

    /// <summary>The most readings, or units of roll-ups, that points are chosen from.</summary>
    // Held in memory together, at 40 bytes; a week of readings a second, or a year of minutes.
    public const int MostChosenFrom = 650_000;

    public const int MostPoints = 5_000;
    public const int FewestShapedPoints = 4;

    // A coarser resolution may widen a bucket, and the range at each of its ends, by so much.
    private const int WidthTolerance = 8;
    private const int RangeTolerance = 64;

    public int Buckets => (int)Ceiling(To - From, Width);

    public bool IsOfReadings => Level is null && Shape != SeriesShape.Buckets;

    /// <summary>What an answer that turned out to have too many readings is made from instead.</summary>
    public static SeriesPlan Coarser(SeriesQuery query, KeptSince kept) => Shaped(query, ShapedLevel(query, kept), kept);

    public static SeriesPlan For(SeriesQuery query, KeptSince kept)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Points, query.Shape == SeriesShape.Buckets ? 1 : FewestShapedPoints, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Points, MostPoints, nameof(query));
        return query.Shape == SeriesShape.Buckets ? Bucketed(query, kept) : Shaped(query, query.Resolution is { } asked ? LevelOf(asked) : FromReadings(query, kept) ? null : ShapedLevel(query, kept), kept);
    }

    private static SeriesPlan Bucketed(SeriesQuery query, KeptSince kept)
    {
        var (from, to) = (query.From.UnixMilliseconds, query.To.UnixMilliseconds);
        var width = Math.Max(1, Ceiling(to - from, query.Points));
        var level = query.Resolution is { } asked ? LevelOf(asked) : width < RollupLevel.Minute.Unit && FromReadings(query, kept) ? null : BucketLevel(query, width, kept);
        if (level is null)
            return new SeriesPlan(from, to, width, null, kept.Of(query.Metric, HistoryResolution.Raw).UnixMilliseconds, SeriesShape.Buckets, query.Points, query.Resolution is not null);

        from = level.Start(from);
        to = level.NextStart(to);
        var units = Math.Max(1, Ceiling(Ceiling(to - from, query.Points), level.Unit));
        return new SeriesPlan(from, to, units * level.Unit, level, KeptFromOf(query, level, kept), SeriesShape.Buckets, query.Points, query.Resolution is not null);
    }

    private static SeriesPlan Shaped(SeriesQuery query, RollupLevel? level, KeptSince kept)
    {
        var (from, to) = (query.From.UnixMilliseconds, query.To.UnixMilliseconds);
        if (level is null)
            return new SeriesPlan(from, to, 0, null, kept.Of(query.Metric, HistoryResolution.Raw).UnixMilliseconds, query.Shape, query.Points, query.Resolution is not null);

        from = level.Start(from);
        to = level.NextStart(to);
        return (to - from) / level.Unit > MostChosenFrom
            ? throw new SeriesTooLongException($"The range has {(to - from) / level.Unit:N0} units of this resolution; {MostChosenFrom:N0} are the most.")
            : new SeriesPlan(from, to, level.Unit, level, KeptFromOf(query, level, kept), query.Shape, query.Points, query.Resolution is not null);
    }

    private static bool FromReadings(SeriesQuery query, KeptSince kept) => query.From >= kept.Of(query.Metric, HistoryResolution.Raw);

    /// <summary>The coarsest that gives as many buckets, or nearly, and over nearly the same range.</summary>
    private static RollupLevel BucketLevel(SeriesQuery query, long width, KeptSince kept)
    {
        var range = query.To.UnixMilliseconds - query.From.UnixMilliseconds;
        return Reaching(query, kept, level => (Ceiling(width, level.Unit) * level.Unit) - width <= width / WidthTolerance && level.Unit <= range / RangeTolerance);
    }

    /// <summary>The coarsest with twice as many units as points are to be chosen.</summary>
    private static RollupLevel ShapedLevel(SeriesQuery query, KeptSince kept)
    {
        var range = query.To.UnixMilliseconds - query.From.UnixMilliseconds;
        return Reaching(query, kept, level => range / level.Unit >= 2L * query.Points);
    }

    // Where that has expired: the next that reaches back far enough, or the one that reaches farthest.
    private static RollupLevel Reaching(SeriesQuery query, KeptSince kept, Func<RollupLevel, bool> fits)
    {
        var index = RollupLevel.All.Length - 1;
        while (index > 0 && !fits(RollupLevel.All[index]))
            index--;

        var best = RollupLevel.All[index];
        foreach (var level in RollupLevel.All.AsSpan()[index..])
        {
            if (SinceOf(best) <= query.From)
                break;

            if (SinceOf(level) < SinceOf(best))
                best = level;
        }

        return best;

        Instant SinceOf(RollupLevel level) => kept.Of(query.Metric, level.Resolution);
    }

    private static long KeptFromOf(SeriesQuery query, RollupLevel level, KeptSince kept)
    {
        // A unit that begins before the mark has expired with it.
        var since = Math.Max(kept.Of(query.Metric, level.Resolution).UnixMilliseconds, Instant.MinValue.UnixMilliseconds);
        return level.NextStart(since);
    }

    private static RollupLevel? LevelOf(HistoryResolution resolution) => resolution == HistoryResolution.Raw ? null : RollupLevel.Of(resolution);

    private static long Ceiling(long value, long unit) => value <= 0 ? 0 : ((value - 1) / unit) + 1;
}
