using System.Collections.Immutable;
using OrleansIot.Application.History;

namespace OrleansIot.Api.Devices;

/// <summary>The words of queries about history, and what they stand for.</summary>
internal static class HistoryWords
{
    public const string Auto = "auto";

    public static readonly ImmutableArray<(string Word, HistoryResolution Meaning)> Resolutions =
    [
        ("raw", HistoryResolution.Raw),
        ("1m", HistoryResolution.Minute),
        ("15m", HistoryResolution.QuarterHour),
        ("1h", HistoryResolution.Hour),
        ("1d", HistoryResolution.Day),
    ];

    public static readonly ImmutableArray<(string Word, SeriesShape Meaning)> Shapes =
    [
        ("buckets", SeriesShape.Buckets),
        ("lttb", SeriesShape.Lttb),
        ("minmax", SeriesShape.MinMax),
    ];

    public static readonly ImmutableArray<(string Word, FleetAggregate Meaning)> Aggregates =
    [
        ("avg", FleetAggregate.Average),
        ("min", FleetAggregate.Least),
        ("max", FleetAggregate.Greatest),
        ("sum", FleetAggregate.Sum),
        ("count", FleetAggregate.Count),
    ];

    public static readonly ImmutableArray<(string Word, FleetGrouping Meaning)> Groupings =
    [
        ("device", FleetGrouping.Device),
        ("type", FleetGrouping.Type),
        ("none", FleetGrouping.None),
    ];

    public static readonly ImmutableArray<(string Word, ExportFormat Meaning)> Formats =
    [
        ("csv", ExportFormat.Csv),
        ("jsonl", ExportFormat.JsonLines),
    ];

    public static string Of(HistoryResolution resolution) => Resolutions.First(pair => pair.Meaning == resolution).Word;
}

internal enum FleetGrouping
{
    Device,
    Type,
    None,
}

internal enum ExportFormat
{
    Csv,
    JsonLines,
}
