using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>One page of a device list, in one pass over the fleet; and one page of the pages of its parts.</summary>
public static class FleetListing
{
    // Critical, warning, info, offline or unknown, fine.
    private const int Ranks = 5;

    /// <param name="fleet">In order of id; where the query sorts, in any.</param>
    /// <param name="now">What the filter calls so.</param>
    public static DevicePage List(IEnumerable<Twin> fleet, DeviceQuery query, Instant now)
    {
        var matching = fleet.Where(twin => Matches(twin, query));
        if (query.Filter is { } filter)
            matching = matching.Where(FilterExpression.Parse(filter).Matcher(now));

        return query switch
        {
            { Sort: { } sort } => Sorted(matching, query, DeviceSort.Parse(sort)),
            { Order: DeviceOrder.ById } => ById(matching, query),
            _ => WorstFirst(matching, query),
        };
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
        var sort = query.Sort is null ? null : DeviceSort.Parse(query.Sort);
        var ordered = sort is not null ? distinct.Select(sort.PlaceOf).Order(sort.Places).Select(place => place.Twin!)
            : query.Order == DeviceOrder.ById ? distinct.OrderBy(twin => twin.Device)
            : distinct.OrderBy(RankOf).ThenBy(twin => twin.Device);
        var upToHere = ordered.Take(query.Offset + query.Limit + 1).ToList();
        Twin[] items = [.. upToHere.Skip(query.Offset).Take(query.Limit)];
        var more = upToHere.Count > query.Offset + query.Limit || parts.Any(part => part.Next is not null);
        return new DevicePage(items, parts.Sum(part => part.Total) - doubles, more && items.Length > 0 ? Next(items[^1], query, sort) : null);
    }

    private static string? Next(Twin last, DeviceQuery query, DeviceSort? sort) =>
        sort is not null ? DeviceCursor.After(sort.PlaceOf(last), sort)
        : query.Order == DeviceOrder.ById ? last.Device.Value
        : null;

    // Keeps only as many as are asked for: a page of 100,000 devices costs a look at each, and sorting the page.
    private static DevicePage Sorted(IEnumerable<Twin> matching, DeviceQuery query, DeviceSort sort)
    {
        var after = query.Cursor is null ? null : DeviceCursor.Parse(query.Cursor, sort);
        var wanted = query.Offset + query.Limit + 1;
        var total = 0;
        var first = new PriorityQueue<DevicePlace, DevicePlace>(sort.Reversed);
        foreach (var twin in matching)
        {
            total++;
            if (after is not null && sort.Compare(twin, after) <= 0)
                continue;

            if (first.Count < wanted)
            {
                var place = sort.PlaceOf(twin);
                first.Enqueue(place, place);
            }
            else if (sort.Compare(twin, first.Peek()) < 0)
            {
                var place = sort.PlaceOf(twin);
                first.DequeueEnqueue(place, place);
            }
        }

        var more = first.Count == wanted;
        DevicePlace[] places = [.. first.UnorderedItems.Select(item => item.Element).Order(sort.Places).Skip(query.Offset).Take(query.Limit)];
        return new DevicePage([.. places.Select(place => place.Twin!)], total, more && places.Length > 0 ? DeviceCursor.After(places[^1], sort) : null);
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
