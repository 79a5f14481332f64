using System.Collections.Immutable;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Application.Fleet;

/// <summary>One place and what is in it.</summary>
/// <param name="Whole">Its devices with those of every place within; named by its whole path.</param>
/// <param name="Sites">The places within, in order of name.</param>
public sealed record SiteTree(FleetPart Whole, ImmutableArray<SiteTree> Sites)
{
    /// <param name="sites">Places by their whole path (<see cref="FleetParts.Sites"/>).</param>
    public static ImmutableArray<SiteTree> Of(IEnumerable<FleetPart> sites)
    {
        var wholes = new Dictionary<string, FleetPart>(StringComparer.Ordinal);
        foreach (var site in sites)
        {
            foreach (var level in DescriptionRules.LevelsOf(site.Name))
                wholes[level] = wholes.GetValueOrDefault(level, FleetPart.Empty(level)).Plus(site);
        }

        var within = wholes.Values.OrderBy(whole => whole.Name, StringComparer.Ordinal).ToLookup(whole => ParentOf(whole.Name), StringComparer.Ordinal);
        return Within("");

        ImmutableArray<SiteTree> Within(string parent) => [.. within[parent].Select(whole => new SiteTree(whole, Within(whole.Name)))];
    }

    /// <summary>The last level of its path.</summary>
    public string Name => Whole.Name[(Whole.Name.LastIndexOf('/') + 1)..];

    private static string ParentOf(string site) => site.LastIndexOf('/') is > 0 and var end ? site[..end] : "";
}
