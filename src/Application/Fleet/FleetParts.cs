using System.Collections.Immutable;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>The fleet by place, by group and by type: what each has, counted.</summary>
/// <param name="Sites">By the whole path, devices of exactly that place; <see cref="SiteTree"/> adds up the levels. In order of name.</param>
/// <param name="Groups">In order of name. A device in several counts in each.</param>
/// <param name="Types">As devices name them, so that one may be there in several spellings. In order of name.</param>
public sealed record FleetParts(ImmutableArray<FleetPart> Sites, ImmutableArray<FleetPart> Groups, ImmutableArray<FleetPart> Types)
{
    public static FleetParts Of(IEnumerable<Twin> twins)
    {
        var sites = new Dictionary<string, FleetPart>(StringComparer.Ordinal);
        var groups = new Dictionary<string, FleetPart>(StringComparer.Ordinal);
        var types = new Dictionary<string, FleetPart>(StringComparer.Ordinal);
        foreach (var twin in twins)
        {
            if (twin.Description.Type is { } type)
                Count(types, type, twin);

            if (twin.Description.Site is { } site)
                Count(sites, site, twin);

            foreach (var group in twin.Description.Groups)
                Count(groups, group, twin);
        }

        return new(InOrder(sites.Values), InOrder(groups.Values), InOrder(types.Values));
    }

    /// <summary>The whole of what each owner of twins answered for its own.</summary>
    public static FleetParts Merge(IReadOnlyCollection<FleetParts> parts) =>
        new(Merge(parts.SelectMany(part => part.Sites)), Merge(parts.SelectMany(part => part.Groups)), Merge(parts.SelectMany(part => part.Types)));

    private static ImmutableArray<FleetPart> Merge(IEnumerable<FleetPart> parts) =>
        InOrder(parts.GroupBy(part => part.Name, StringComparer.Ordinal).Select(same => same.Aggregate((sum, part) => sum.Plus(part))));

    private static ImmutableArray<FleetPart> InOrder(IEnumerable<FleetPart> parts) => [.. parts.OrderBy(part => part.Name, StringComparer.Ordinal)];

    private static void Count(Dictionary<string, FleetPart> parts, string name, Twin twin) =>
        parts[name] = parts.GetValueOrDefault(name, FleetPart.Empty(name)).Plus(FleetPart.Of(name, twin));
}

/// <summary>Devices that belong together.</summary>
/// <param name="Worst">Of all their open alerts; null without any.</param>
public readonly record struct FleetPart(string Name, int Devices, int Online, int Offline, int Unknown, int Maintenance, int OpenAlerts, Severity? Worst)
{
    public static FleetPart Empty(string name) => new(name, 0, 0, 0, 0, 0, 0, null);

    public static FleetPart Of(string name, Twin twin) => new(
        name,
        1,
        twin.Status == DeviceStatus.Online ? 1 : 0,
        twin.Status == DeviceStatus.Offline ? 1 : 0,
        twin.Status == DeviceStatus.Unknown ? 1 : 0,
        twin.Status == DeviceStatus.Maintenance ? 1 : 0,
        twin.OpenAlerts.Length,
        twin.WorstSeverity);

    /// <summary>Both together, under this one's name.</summary>
    public FleetPart Plus(FleetPart other) => new(
        Name,
        Devices + other.Devices,
        Online + other.Online,
        Offline + other.Offline,
        Unknown + other.Unknown,
        Maintenance + other.Maintenance,
        OpenAlerts + other.OpenAlerts,
        Worst is null || other.Worst > Worst ? other.Worst : Worst);
}
