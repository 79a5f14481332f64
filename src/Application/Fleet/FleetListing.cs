using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>One page of a device list, in one pass over the fleet; and one page of the pages of its parts.</summary>
public static class FleetListing
{
    // Critical, warning, info, offline or unknown, fine.
    private const int Ranks = 5;

    /// <param name="byId">The fleet in order of id.</param>
    public static DevicePage List(IEnumerable<Twin> byId, DeviceQuery query)
    {
        var matching = byId.Where(twin => Matches(twin, query));
        return query.Order == DeviceOrder.ById ? ById(matching, query) : WorstFirst(matching, query);
    }

    /// <summary>What is to be asked of each part of a fleet, so that <see cref="Merge"/> can make the page of the whole.</summary>
    public static DeviceQuery OfPart(DeviceQuery query) => query with { Offset = 0, Limit = query.Offset + query.Limit };

    /// <param name="parts">Answers to <see cref="OfPart"/>. A twin that is just changing its owner may be in two: the newer counts.</param>
    public static DevicePage Merge(IReadOnlyCollection<DevicePage> parts, DeviceQuery query)
    {
        var distinct = parts.SelectMany(part => part.Items)
            .GroupBy(twin => twin.Device)
            .Select(same => same.MaxBy(twin => twin.Version)!)
            .ToList();
        var doubles = parts.Sum(part => part.Items.Count) - distinct.Count;
        var ordered = query.Order == DeviceOrder.ById ? distinct.OrderBy(twin => twin.Device) : distinct.OrderBy(RankOf).ThenBy(twin => twin.Device);
        var upToHere = ordered.Take(query.Offset + query.Limit + 1).ToList();
        Twin[] items = [.. upToHere.Skip(query.Offset).Take(query.Limit)];
        var more = upToHere.Count > query.Offset + query.Limit || parts.Any(part => part.Next is not null);
        return new DevicePage(items, parts.Sum(part => part.Total) - doubles, more && query.Order == DeviceOrder.ById && items.Length > 0 ? items[^1].Device.Value : null);
    }

    private static DevicePage ById(IEnumerable<Twin> matching, DeviceQuery query)
    {
        var items = new List<Twin>(Math.Min(query.Limit, 1_000));
        var total = 0;
        var toSkip = query.Offset;
        var more = false;
        foreach (var twin in matching)
        {
            total++;
            if (query.Cursor is { } cursor && string.CompareOrdinal(twin.Device.Value, cursor) <= 0)
                continue;

            if (toSkip-- > 0)
                continue;

            if (items.Count < query.Limit)
                items.Add(twin);
            else
                more = true;
        }

        return new DevicePage(items, total, more ? items[^1].Device.Value : null);
    }

    private static DevicePage WorstFirst(IEnumerable<Twin> matching, DeviceQuery query)
    {
        var ranked = Enumerable.Range(0, Ranks).Select(_ => new List<Twin>()).ToArray();
        foreach (var twin in matching)
            ranked[RankOf(twin)].Add(twin);

        return new DevicePage([.. ranked.SelectMany(rank => rank).Skip(query.Offset).Take(query.Limit)], ranked.Sum(rank => rank.Count), null);
    }

    private static int RankOf(Twin twin) => twin.WorstSeverity switch
    {
        Severity.Critical => 0,
        Severity.Warning => 1,
        Severity.Info => 2,
        _ => twin.Status is DeviceStatus.Offline or DeviceStatus.Unknown ? 3 : 4,
    };

    private static bool Matches(Twin twin, DeviceQuery query) =>
        (query.Status is null || twin.Status == query.Status)
        && (query.AtLeast is null || twin.WorstSeverity >= query.AtLeast)
        && (string.IsNullOrWhiteSpace(query.Search) || Mentions(twin, query.Search.Trim()));

    private static bool Mentions(Twin twin, string text) =>
        Has(twin.Device.Value, text)
        || Has(twin.Description.Name, text)
        || Has(twin.Description.Type, text)
        || Has(twin.Description.Location, text)
        || twin.Description.Tags.Any(tag => Has(tag, text));

    private static bool Has(string? value, string text) => value?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;
}
