using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Domain;

namespace OrleansIot.Api.Devices;

/// <summary>A metric over time: in buckets of equal width, of which one in which nothing was measured is left out; or points chosen to draw its line.</summary>
/// <param name="ResolutionSeconds">Width of a bucket, or of the units that points were chosen from; 0 for readings.</param>
/// <param name="Resolution">What it was answered from: raw, 1m, 15m, 1h or 1d.</param>
public sealed record HistoryDocument(IReadOnlyList<HistoryPointDocument> Points, double ResolutionSeconds, string Resolution)
{
    public static HistoryDocument Of(Series series) => new(
        [.. series.Points.Select(point => new HistoryPointDocument(point.At, point.Min, point.Mean, point.Max, point.Count))],
        series.Resolution.TotalSeconds,
        HistoryWords.Of(series.Source));
}

/// <param name="At">Start of the bucket; of a single reading, its time.</param>
/// <param name="Count">How many values were measured in it.</param>
public sealed record HistoryPointDocument(Instant At, double Min, double Mean, double Max, long Count);

/// <summary>A metric of many devices.</summary>
/// <param name="Groups">By name, or in the order asked for. Those without a value are left out.</param>
/// <param name="Devices">How many devices were looked at.</param>
/// <param name="ResolutionSeconds">Width of a bucket.</param>
/// <param name="Resolution">What it was answered from: 1m, 15m, 1h or 1d.</param>
public sealed record FleetHistoryDocument(string Metric, string Aggregate, IReadOnlyList<FleetGroupDocument> Groups, int Devices, double ResolutionSeconds, string Resolution);

/// <param name="Name">The device's id, the type, or 'all'.</param>
/// <param name="Devices">How many of its devices have values.</param>
/// <param name="Value">The aggregate of all values in the range.</param>
public sealed record FleetGroupDocument(string Name, int Devices, double Value, IReadOnlyList<FleetPointDocument> Points)
{
    public static FleetGroupDocument Of(FleetGroup group, FleetAggregate aggregate) => new(
        group.Name, group.Devices, group.Whole.Of(aggregate), [.. group.Points.Select(point => new FleetPointDocument(point.At, point.Value.Of(aggregate), point.Value.Count))]);
}

/// <param name="At">Start of the bucket.</param>
/// <param name="Value">The aggregate of the values in it.</param>
/// <param name="Count">How many these are.</param>
public sealed record FleetPointDocument(Instant At, double Value, long Count);
