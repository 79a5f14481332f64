using System.Runtime.CompilerServices;

namespace OrleansIot.Grains.Silos;

/// <summary>Which silos there are, as far as this one knows.</summary>
internal sealed class SiloMembers(IClusterMembershipService membership, ILocalSiloDetails local)
{
    public SiloAddress Local => local.SiloAddress;

    /// <summary>In no order.</summary>
    public IReadOnlyList<SiloAddress> Active() => Census().Active;

    public SiloCensus Census() => SiloCensus.Of(membership.CurrentSnapshot);

    public bool IsActive(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) == SiloStatus.Active;

    /// <summary>Who is there and who died, each time it is otherwise than before; first as it is now.</summary>
    public async IAsyncEnumerable<SiloCensus> Changes([EnumeratorCancellation] CancellationToken cancellation)
    {
        SiloCensus? before = null;
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(cancellation))
        {
            var census = SiloCensus.Of(snapshot);
            if (before?.IsAs(census) == true)
                continue;

            before = census;
            yield return census;
        }
    }
}
