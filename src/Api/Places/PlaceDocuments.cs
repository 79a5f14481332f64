using OrleansIot.Application.Fleet;
using OrleansIot.Application.Rules;

namespace OrleansIot.Api.Places;

/// <summary>A place in the site hierarchy with everything within it.</summary>
/// <param name="Site">The whole path: <c>plant-1/hall-2</c>. As <c>site</c> of a device.</param>
/// <param name="Name">Its last level.</param>
/// <param name="Devices">In it and in all places within.</param>
/// <param name="Unknown">Devices of which nothing was heard yet.</param>
/// <param name="Severity">Of the worst open alert; null without any.</param>
/// <param name="Sites">The places within, in order of name.</param>
public sealed record SiteDocument(
    string Site, string Name, int Devices, int Online, int Offline, int Unknown, int Maintenance, int OpenAlerts, string? Severity, IReadOnlyList<SiteDocument> Sites)
{
    public static SiteDocument Of(SiteTree site) => new(
        site.Whole.Name,
        site.Name,
        site.Whole.Devices,
        site.Whole.Online,
        site.Whole.Offline,
        site.Whole.Unknown,
        site.Whole.Maintenance,
        site.Whole.OpenAlerts,
        site.Whole.Worst is { } worst ? RuleDocumentWords.Of(worst) : null,
        [.. site.Sites.Select(Of)]);
}

/// <summary>A group of devices.</summary>
/// <param name="Unknown">Devices of which nothing was heard yet.</param>
/// <param name="Severity">Of the worst open alert; null without any.</param>
public sealed record GroupDocument(string Group, int Devices, int Online, int Offline, int Unknown, int Maintenance, int OpenAlerts, string? Severity)
{
    public static GroupDocument Of(FleetPart group) => new(
        group.Name,
        group.Devices,
        group.Online,
        group.Offline,
        group.Unknown,
        group.Maintenance,
        group.OpenAlerts,
        group.Worst is { } worst ? RuleDocumentWords.Of(worst) : null);
}
