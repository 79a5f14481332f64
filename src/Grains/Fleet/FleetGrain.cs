using OrleansIot.Application.Fleet;
using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Domain.Devices;
using OrleansIot.Grains.Interfaces.Fleet;
using OrleansIot.Grains.Twins;

namespace OrleansIot.Grains.Fleet;

/// <summary>The fleet for clients: on every silo, and as often as it is asked at once.</summary>
[GrainType("orleansiot-fleet")]
[Orleans.Concurrency.StatelessWorker]
internal sealed class FleetGrain(IFleet fleet) : Grain, IFleetGrain
{
    private const int MaxLimit = 1_000;

    public async Task<FleetTotals> Counts()
    {
        var counts = await fleet.Counts();
        return new FleetTotals(
            counts.Devices,
            counts.Online,
            counts.Offline,
            counts.Unknown,
            counts.Maintenance,
            counts.OpenAlerts,
            counts.CriticalAlerts,
            counts.WarningAlerts);
    }

    public async Task<FleetPage> List(FleetQuery query)
    {
        if (query.Limit is < 1 or > MaxLimit)
            throw new ArgumentException($"Limit is {query.Limit}; it is 1 to {MaxLimit}.", nameof(query));

        if (query.Filter is not null && !FilterExpression.TryParse(query.Filter, out _, out var fault))
            throw new ArgumentException($"Filter is not understood ({fault.Code}). {fault}", nameof(query));

        if (query.Sort is not null)
            Check(query.Sort, query.Cursor);

        var page = await fleet.List(new DeviceQuery(
            query.Search, StatusOf(query.Status), Cursor: query.Cursor, Limit: query.Limit, Filter: query.Filter, Sort: query.Sort));
        return new FleetPage([.. page.Items.Select(DeviceMessages.SnapshotOf)], page.Total, page.Next);
    }

    private static void Check(string order, string? cursor)
    {
        if (!DeviceSort.TryParse(order, out var sort, out var fault))
            throw new ArgumentException($"Sort is not understood ({fault.Code}). {fault}", nameof(order));

        if (cursor is not null && !DeviceCursor.IsValid(cursor, sort))
            throw new ArgumentException("Cursor is not of a list in this order (cursor.invalid). Pass Next of the page before, with the same Sort.", nameof(cursor));
    }

    private static DeviceStatus? StatusOf(string? word)
    {
        if (word is null)
            return null;

        foreach (var status in Enum.GetValues<DeviceStatus>())
        {
            if (DeviceMessages.WordOf(status) == word)
                return status;
        }

        throw new ArgumentException($"Status is '{word}'; it is unknown, online, offline or maintenance.", nameof(word));
    }
}
