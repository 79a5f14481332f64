using System.Collections.Immutable;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Twins;

/// <summary>Which flags a twin shows after a reading.</summary>
internal static class ReadingFlags
{
    /// <param name="twin">As it was before the reading.</param>
    public static ImmutableArray<ReadingFlag> After(Twin twin, Reading reading)
    {
        var flags = ImmutableArray.CreateBuilder<ReadingFlag>();
        foreach (var flag in twin.Flags)
        {
            if (!IsAnswered(flag, twin, reading))
                flags.Add(flag);
        }

        foreach (var flag in reading.Flags)
        {
            // A late value is not what the twin shows, so neither is what is wrong with it.
            if (twin.Readings.WouldBeNewest(flag.Metric, reading.Moment) && !flags.Contains(flag))
                flags.Add(flag);
        }

        return flags.DrainToImmutable();
    }

    private static bool IsAnswered(ReadingFlag flag, Twin twin, Reading reading)
    {
        // That a reading lacked a metric is over with the next one that says whether it does.
        if (!twin.Readings.WouldBeNewest(flag.Metric, reading.Moment))
            return false;

        return flag.Breach is Breach.Missing or Breach.Derived || reading.Metrics.Any(metric => metric.Name == flag.Metric);
    }
}
