using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;

namespace OrleansIot.Api.Devices;

/// <summary>A metric over time, in buckets of equal width; one in which nothing was measured is left out.</summary>
/// <param name="ResolutionSeconds">Width of a bucket.</param>
public sealed record HistoryDocument(IReadOnlyList<HistoryPointDocument> Points, double ResolutionSeconds)
{
    public static HistoryDocument Of(Series series) => new(
        [.. series.Points.Select(point => new HistoryPointDocument(point.At, point.Min, point.Mean, point.Max, point.Count))],
        series.Resolution.TotalSeconds);
}

/// <param name="At">Start of the bucket.</param>
/// <param name="Count">How many values were measured in it.</param>
public sealed record HistoryPointDocument(Instant At, double Min, double Mean, double Max, long Count);
