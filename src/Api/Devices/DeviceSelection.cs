using OrleansIot.Api.Http;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>The devices that a query about many of them is for.</summary>
internal static class DeviceSelection
{
    private const int PageSize = 1_000;

    /// <summary>By id; a device of the list that is not known is a fault.</summary>
    /// <param name="most">More of them are a fault, too.</param>
    public static async ValueTask<IReadOnlyList<Twin>> Select(DeviceChoice choice, int most, QueryReader reader, ITwins twins, IFleet fleet, CancellationToken cancellation)
    {
        var selected = string.IsNullOrEmpty(choice.Devices)
            ? await Listed(choice, most, fleet, cancellation)
            : await Named(choice, most, reader, twins, cancellation);
        if (selected.Count > most)
            reader.Fault("devices", $"are more than {most}.", "Narrow them by type, tag or search, or ask for parts of the fleet one after the other.");

        return selected;
    }

    private static async ValueTask<List<Twin>> Named(DeviceChoice choice, int most, QueryReader reader, ITwins twins, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(choice.Search))
            reader.Fault("search", "does not go with 'devices'.", "Leave one of them out.");

        var named = choice.Devices!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var selected = new List<Twin>();
        foreach (var id in named.Take(most + 1))
        {
            if (await twins.FindKnown(id, cancellation) is not { } twin)
                reader.Fault("devices", $"names '{id}', which is not known.", "Write ids of devices with commas between.");
            else if (Matches(twin, choice))
                selected.Add(twin);
        }

        return selected;
    }

    private static async ValueTask<List<Twin>> Listed(DeviceChoice choice, int most, IFleet fleet, CancellationToken cancellation)
    {
        var selected = new List<Twin>();
        var search = string.IsNullOrEmpty(choice.Search) ? null : choice.Search;
        for (string? cursor = null; selected.Count <= most;)
        {
            var page = await fleet.List(new DeviceQuery(search, Cursor: cursor, Limit: PageSize), cancellation);
            selected.AddRange(page.Items.Where(twin => Matches(twin, choice)));
            if ((cursor = page.Next) is null)
                break;
        }

        return selected;
    }

    private static bool Matches(Twin twin, DeviceChoice choice) =>
        (string.IsNullOrEmpty(choice.Type) || twin.Description.Type == choice.Type)
        && (string.IsNullOrEmpty(choice.Tag) || twin.Description.Tags.Contains(choice.Tag));
}
