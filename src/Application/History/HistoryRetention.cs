using System.Collections.Immutable;
using OrleansIot.Domain;

namespace OrleansIot.Application.History;

/// <summary>How long history is kept: for metrics of which nothing else is said, and for others by pattern, the first that matches.</summary>
public sealed record HistoryRetention(RetentionPeriods Default, ImmutableArray<MetricRetention> Metrics)
{
    public HistoryRetention(TimeSpan readings, TimeSpan rollups)
        : this(new RetentionPeriods(readings, rollups, rollups, rollups, rollups), [])
    {
    }

    /// <summary>Until then everything that somebody still sees is kept.</summary>
    public TimeSpan Longest(HistoryResolution resolution) => Metrics.Select(metric => metric.Periods.Of(resolution)).Append(Default.Of(resolution)).Max();

    public KeptSince At(Instant now) => new([.. Metrics.Append(new MetricRetention(KeptSince.AllMetrics, Default)).Select(metric => metric.At(now))]);
}

/// <param name="Metrics">A name, or a pattern with <c>*</c> for any text.</param>
public sealed record MetricRetention(string Metrics, RetentionPeriods Periods)
{
    public KeptSince.Entry At(Instant now) => new(Metrics, [.. Enum.GetValues<HistoryResolution>().Select(resolution => now - Periods.Of(resolution))]);
}

/// <summary>How long each resolution is kept.</summary>
public sealed record RetentionPeriods(TimeSpan Readings, TimeSpan Minutes, TimeSpan QuarterHours, TimeSpan Hours, TimeSpan Days)
{
    public TimeSpan Of(HistoryResolution resolution) => resolution switch
    {
        HistoryResolution.Raw => Readings,
        HistoryResolution.Minute => Minutes,
        HistoryResolution.QuarterHour => QuarterHours,
        HistoryResolution.Hour => Hours,
        _ => Days,
    };
}
