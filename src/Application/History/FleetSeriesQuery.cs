using System.Collections.Immutable;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History;

/// <summary>One metric of many devices.</summary>
/// <param name="Devices">Each with the name of the group that its values go to.</param>
/// <param name="Points">The most buckets of a group, 1 to 5,000.</param>
/// <param name="Resolution">Of roll-ups; null for what fits.</param>
/// <param name="Top">Only so many groups, in the order of <paramref name="Order"/>; null for all, by name.</param>
public sealed record FleetSeriesQuery(
    IReadOnlyList<FleetMember> Devices, MetricName Metric, Instant From, Instant To, int Points, HistoryResolution? Resolution = null, int? Top = null, FleetOrder? Order = null)
{
    public const int MostDevices = 10_000;

    /// <summary>In all groups together.</summary>
    // 8 MB as JSON.
    public const int MostPoints = 100_000;
}

public readonly record struct FleetMember(DeviceId Device, string Group);

/// <summary>By what groups are put in order: an aggregate of all their values in the range.</summary>
public sealed record FleetOrder(FleetAggregate By, bool Descending = true);

public enum FleetAggregate
{
    /// <summary>Of all values, each counting alike.</summary>
    Average,
    Least,
    Greatest,
    Sum,
    Count,
}

/// <param name="Groups">Those that have values.</param>
/// <param name="Source">What it was answered from.</param>
public sealed record FleetSeries(ImmutableArray<FleetGroup> Groups, TimeSpan Resolution, HistoryResolution Source);

/// <param name="Devices">How many of its devices had values.</param>
/// <param name="Whole">All of its values in the range.</param>
public sealed record FleetGroup(string Name, int Devices, FleetValue Whole, ImmutableArray<FleetPoint> Points);

public readonly record struct FleetPoint(Instant At, FleetValue Value);

public readonly record struct FleetValue(double Min, double Max, double Sum, long Count)
{
    public double Of(FleetAggregate aggregate) => aggregate switch
    {
        FleetAggregate.Average => Sum / Count,
        FleetAggregate.Least => Min,
        FleetAggregate.Greatest => Max,
        FleetAggregate.Sum => Sum,
        _ => Count,
    };
}
