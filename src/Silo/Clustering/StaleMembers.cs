using Amazon.Runtime;
using Microsoft.Extensions.Options;

namespace OrleansIot.Silo.Clustering;

/// <summary>
/// While this silo joins: puts out silos that stand in the table as active and no longer write that they are alive. Orleans lets
/// nobody in whom one of them does not answer, and asks who has gone stale only when the table changes. So where all silos were
/// killed at once and not all come back at the same addresses, the first would wait for the dead for minutes, and then give up.
/// </summary>
internal sealed partial class StaleMembers(
    ISiloStatusOracle local, IClusterMembershipService membership, IServiceProvider services, IOptions<ClusterHostOptions> options, TimeProvider time, ILogger<StaleMembers> log)
    : BackgroundService
{
    // As many missed signs of life as make a row stale to Orleans.
    private const int MissedSigns = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // By our own clock, since when the sign of life has been the same: the other machine's clock may be wrong.
    private readonly Dictionary<SiloAddress, (DateTime Sign, long Since)> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        while (local.CurrentStatus < SiloStatus.Active && await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Before that, the table may not be there yet.
            if (local.CurrentStatus == SiloStatus.Joining)
                await Look();
        }
    }

    private async Task Look()
    {
        MembershipTableData table;
        try
        {
            table = await services.GetRequiredService<IMembershipTable>().ReadAll();
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException)
        {
            // Orleans meets it too and says so; this looks again.
            LogUnread(e);
            return;
        }

        foreach (var (member, _) in table.Members)
        {
            if (member.SiloAddress.Equals(local.SiloAddress) || member.Status is SiloStatus.Dead or SiloStatus.None)
                continue;

            if (!_seen.TryGetValue(member.SiloAddress, out var seen) || seen.Sign != member.IAmAliveTime)
                _seen[member.SiloAddress] = (member.IAmAliveTime, time.GetTimestamp());
            else if (time.GetElapsedTime(seen.Since) > options.Value.AliveInterval * MissedSigns && await membership.TryKill(member.SiloAddress))
                LogPutOut(member.SiloAddress, time.GetElapsedTime(seen.Since).TotalSeconds);
        }
    }

    [LoggerMessage(7001, LogLevel.Information, "Silo {Silo} has given no sign of life for {Seconds:0} s; it is put out of the cluster")]
    private partial void LogPutOut(SiloAddress silo, double seconds);

    [LoggerMessage(7002, LogLevel.Debug, "The membership table could not be read while joining")]
    private partial void LogUnread(Exception exception);
}
