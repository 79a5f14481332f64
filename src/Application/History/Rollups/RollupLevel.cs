using System.Collections.Immutable;

namespace OrleansIot.Application.History.Rollups;

/// <summary>A resolution of roll-ups, and how many of its units lie together in one stored block (64 at most).</summary>
/// <remarks>Blocks and units are counted from 1970, UTC, and downwards: -1 is the last before.</remarks>
public sealed class RollupLevel
{
    /// <summary>Written with every chunk, so a block is small: an hour.</summary>
    public static readonly RollupLevel Minute = new(HistoryResolution.Minute, 60_000, 60);

    // Written when hours are folded, so a block may be longer: half a day, two days, a month.
    public static readonly RollupLevel QuarterHour = new(HistoryResolution.QuarterHour, 15 * 60_000, 48);
    public static readonly RollupLevel Hour = new(HistoryResolution.Hour, 3_600_000, 48);
    public static readonly RollupLevel Day = new(HistoryResolution.Day, 86_400_000, 32);

    /// <summary>From fine to coarse.</summary>
    public static readonly ImmutableArray<RollupLevel> All = [Minute, QuarterHour, Hour, Day];

    /// <summary>Those that are folded from minutes.</summary>
    public static readonly ImmutableArray<RollupLevel> Coarse = [QuarterHour, Hour, Day];

    private RollupLevel(HistoryResolution resolution, long unit, int units) => (Resolution, Unit, Units) = (resolution, unit, units);

    public HistoryResolution Resolution { get; }

    /// <summary>Milliseconds.</summary>
    public long Unit { get; }

    public int Units { get; }

    public long BlockLength => Unit * Units;

    public static RollupLevel Of(HistoryResolution resolution) =>
        resolution == HistoryResolution.Raw ? throw new ArgumentOutOfRangeException(nameof(resolution)) : All[(int)resolution - 1];

    public long BlockOf(long at) => Floor(at, BlockLength);

    public int UnitInBlock(long at) => (int)((at - (BlockOf(at) * BlockLength)) / Unit);

    /// <summary>The start of the unit that the time is in.</summary>
    public long Start(long at) => Floor(at, Unit) * Unit;

    /// <summary>The first start of a unit at this time or later.</summary>
    public long NextStart(long at) => -Floor(-at, Unit) * Unit;

    private static long Floor(long value, long unit) => (value / unit) - (value % unit < 0 ? 1 : 0);
}
