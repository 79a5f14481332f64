using System.Collections.Immutable;

namespace OrleansIot.Grains.Silos;

/// <summary>The silos at one moment. One that is stopping is in neither: it serves no longer, and still owns what it has not given up.</summary>
internal sealed record SiloCensus(ImmutableArray<SiloAddress> Active, ImmutableHashSet<SiloAddress> Dead)
{
    public static SiloCensus Of(ClusterMembershipSnapshot snapshot) => new([.. With(snapshot, SiloStatus.Active)], [.. With(snapshot, SiloStatus.Dead)]);

    public bool IsAs(SiloCensus other) => Dead.SetEquals(other.Dead) && Active.Length == other.Active.Length && Active.All(other.Active.Contains);

    /// <summary>Whether a silo went since: then there are twins that nobody owns.</summary>
    public bool LostSince(SiloCensus before) => !Dead.IsSubsetOf(before.Dead) || before.Active.Except(Active).Any();

    private static IEnumerable<SiloAddress> With(ClusterMembershipSnapshot snapshot, SiloStatus status) =>
        snapshot.Members.Where(member => member.Value.Status == status).Select(member => member.Key);
}
