using OrleansIot.Gateway.Peers;

namespace OrleansIot.Silo.Peers;

/// <summary>Tells the gateway who its peers are: the silos that are active, as the cluster's membership has it.</summary>
internal sealed class SiloPeerWatch(IClusterMembershipService membership, ILocalSiloDetails local, GatewayPeers peers, TimeProvider time) : BackgroundService
{
    // Among silos that answer, milliseconds. Devices are not kept waiting for one that does not, until it is put out.
    private static readonly TimeSpan MeetingLimit = TimeSpan.FromSeconds(2);

    private HashSet<SiloAddress> _joined = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        Follow(membership.CurrentSnapshot);
        try
        {
            await peers.Met().WaitAsync(MeetingLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Then it listens all the same, and learns of the rest as it comes.
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
            Follow(snapshot);
    }

    private void Follow(ClusterMembershipSnapshot snapshot)
    {
        var active = snapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active && !member.SiloAddress.Equals(local.SiloAddress))
            .Select(member => member.SiloAddress)
            .ToHashSet();
        foreach (var gone in _joined.Except(active))
            peers.Leave(SiloPeers.IdOf(gone));
        foreach (var silo in active.Except(_joined))
            peers.Join(SiloPeers.IdOf(silo));
        _joined = active;
    }
}
