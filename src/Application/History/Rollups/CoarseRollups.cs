using System.Runtime.InteropServices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Rollups;

/// <summary>
/// Quarter-hours, hours and days, folded from minutes an hour at a time: a handful of additions per metric and hour, however many
/// values there were.
/// </summary>
/// <remarks>
/// Each device has a mark, <i>coarse before</i>: hours before it are in its coarse roll-ups, later ones only in minutes, which a query
/// then adds. An hour is folded once, when the mark passes it; what comes late for it is folded as it comes. So a block is written a
/// few times in all and not with every chunk, and a store that was written before there were coarse roll-ups answers rightly from the
/// first moment on, while the mark goes through its past.
/// </remarks>
public sealed class CoarseRollups
{
    private readonly Dictionary<(RollupLevel Level, long Block), RollupBlock> _blocks = [];

    /// <summary>What there is to be added to what is stored.</summary>
    public IReadOnlyDictionary<(RollupLevel Level, long Block), RollupBlock> Blocks => _blocks;

    /// <summary>
    /// How far the mark may go: to a multiple of some hours before the device's newest reading. A clock that runs ahead does not take it
    /// along, or all that comes after would be late.
    /// </summary>
    /// <param name="step">So many hours are folded together.</param>
    /// <param name="delay">Differs from device to device, or all of a fleet would be folded in the same minute. Milliseconds.</param>
    public static long Target(long lastAt, long lastReceivedAt, int step, long delay)
    {
        var hour = RollupLevel.Minute.BlockOf(Math.Min(lastAt, lastReceivedAt) - delay);
        return hour - (((hour % step) + step) % step);
    }

    /// <param name="hour">Since 1970.</param>
    /// <param name="minutes">Values of that hour that are in no coarse roll-up yet.</param>
    public void Fold(long hour, RollupBlock minutes)
    {
        var start = hour * RollupLevel.Minute.BlockLength;
        foreach (var (metric, units) in minutes.Metrics)
            Fold(metric, start, units);
    }

    private void Fold(MetricName metric, long start, Rollup[] minutes)
    {
        var hour = new Rollup();
        var minutesInQuarter = (int)(RollupLevel.QuarterHour.Unit / RollupLevel.Minute.Unit);
        for (var first = 0; first < minutes.Length; first += minutesInQuarter)
        {
            var quarter = new Rollup();
            for (var i = first; i < first + minutesInQuarter; i++)
                quarter.Merge(minutes[i]);

            if (quarter.Count > 0)
                BlockOf(RollupLevel.QuarterHour, start).Add(metric, start + (first * RollupLevel.Minute.Unit), quarter);

            hour.Merge(quarter);
        }

        if (hour.Count == 0)
            return;

        BlockOf(RollupLevel.Hour, start).Add(metric, start, hour);
        BlockOf(RollupLevel.Day, start).Add(metric, start, hour);
    }

    private RollupBlock BlockOf(RollupLevel level, long at)
    {
        ref var block = ref CollectionsMarshal.GetValueRefOrAddDefault(_blocks, (level, level.BlockOf(at)), out _);
        return block ??= new RollupBlock(level);
    }
}
