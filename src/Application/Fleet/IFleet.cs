using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>The fleet as a whole: counts, lists, and what changes in it.</summary>
public interface IFleet
{
    ValueTask<FleetCounts> Counts(CancellationToken cancellation = default);

    /// <summary>Sites, groups and types with their counts, in one pass over the fleet.</summary>
    ValueTask<FleetParts> Parts(CancellationToken cancellation = default);

    ValueTask<DevicePage> List(DeviceQuery query, CancellationToken cancellation = default);

    /// <summary>
    /// Changes from now on, as they happen. A reader that is too slow loses the oldest (counted in
    /// <see cref="FleetChange.Missed"/>); nobody else is slowed.
    /// </summary>
    IAsyncEnumerable<FleetChange> Watch(FleetFilter filter, CancellationToken cancellation);
}

public sealed record FleetCounts(int Devices, int Online, int Offline, int Unknown, int Maintenance, int OpenAlerts, int CriticalAlerts, int WarningAlerts)
{
    /// <summary>While many devices are away that went together.</summary>
    public FleetOutage? Outage { get; init; }
}

/// <summary>How a device list is ordered.</summary>
public enum DeviceOrder
{
    ById,

    /// <summary>Worst open alert first, then offline, then the rest; within each by id.</summary>
    WorstFirst,
}

/// <summary>Which devices. A null part does not narrow.</summary>
/// <param name="Search">Part of the id, name, type, location or a tag; letter case does not count.</param>
/// <param name="Offset">How many to pass over (for the dashboard's virtualised list).</param>
/// <param name="Cursor"><see cref="DevicePage.Next"/> of the page before; with <see cref="DeviceOrder.ById"/> or <paramref name="Sort"/>.</param>
/// <param name="Limit">1 to 1,000.</param>
/// <param name="Filter">What <see cref="FilterExpression.TryParse"/> takes: a text, so that it goes to other silos as it is.</param>
/// <param name="Sort">What <see cref="DeviceSort.TryParse"/> takes; <paramref name="Order"/> then says nothing.</param>
public sealed record DeviceQuery(
    string? Search = null,
    DeviceStatus? Status = null,
    Severity? AtLeast = null,
    DeviceOrder Order = DeviceOrder.ById,
    int Offset = 0,
    string? Cursor = null,
    int Limit = 100,
    string? Filter = null,
    string? Sort = null);

/// <param name="Total">How many match in all.</param>
public sealed record DevicePage(IReadOnlyList<Twin> Items, int Total, string? Next);

/// <summary>Which changes. A null part does not narrow.</summary>
public sealed record FleetFilter(DeviceId? Device = null, bool Readings = true)
{
    public static readonly FleetFilter All = new();
}
