using System.Runtime.CompilerServices;

namespace OrleansIot.Grains.Silos;

/// <summary>Which silos there are, as far as this one knows.</summary>
internal sealed class SiloMembers(IClusterMembershipService membership, ILocalSiloDetails local)
{
    public SiloAddress Local => local.SiloAddress;

    /// <summary>In no order.</summary>
    public IReadOnlyList<SiloAddress> Active() => ActiveIn(membership.CurrentSnapshot);

    public bool IsActive(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active;

    /// <summary>The <see cref="SiloRun"/>s of those that died.</summary>
    public IReadOnlySet<int> DeadRuns() =>
        membership.CurrentSnapshot.Members.Where(member => member.Value.Status == SiloStatus.Dead).Select(member => SiloRun.Of(member.Key)).ToHashSet();

    /// <summary>The active ones each time they are others than before; first those of now.</summary>
    public async IAsyncEnumerable<IReadOnlyList<SiloAddress>> Changes([EnumeratorCancellation] CancellationToken cancellation)
    {
        HashSet<SiloAddress>? before = null;
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellation))
        {
            var active = ActiveIn(snapshot);
            if (before?.SetEquals(active) == true)
                continue;

            before = [.. active];
            yield return active;
        }
    }

    private static List<SiloAddress> ActiveIn(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Where(member => member.Value.Status == SiloStatus.Active).Select(member => member.Key)];
}
