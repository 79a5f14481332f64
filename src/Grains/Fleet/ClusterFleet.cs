using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;
using OrleansIot.Grains.Silos;

namespace OrleansIot.Grains.Fleet;

/// <summary>
/// The whole fleet, as any silo sees it: each call asks all silos for their parts at once and makes one of them. No place holds
/// the whole, so none is a bottleneck; what it costs grows with the number of silos, not of devices.
/// </summary>
internal sealed partial class ClusterFleet(FleetIndex ownedHere, SiloFleets fleets, SiloMembers silos, FleetRelays relays, TimeProvider time, ILogger<ClusterFleet> log) : IFleet
{
    // A part comes within milliseconds. A silo that hangs is waited for this long, and then left out.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async ValueTask<FleetCounts> Counts(CancellationToken cancellation = default)
    {
        var parts = await AskAll(static fleet => fleet.Counts(), () => ownedHere.Counts(cancellation), cancellation);
        return parts.Aggregate(static (sum, part) => new FleetCounts(
            sum.Devices + part.Devices,
            sum.Online + part.Online,
            sum.Offline + part.Offline,
            sum.Unknown + part.Unknown,
            sum.Maintenance + part.Maintenance,
            sum.OpenAlerts + part.OpenAlerts,
            sum.CriticalAlerts + part.CriticalAlerts,
            sum.WarningAlerts + part.WarningAlerts)
        {
            Outage = FleetOutage.Sum(sum.Outage, part.Outage),
        });
    }

    public async ValueTask<FleetParts> Parts(CancellationToken cancellation = default) =>
        FleetParts.Merge(await AskAll(static fleet => fleet.Parts(), () => ownedHere.Parts(cancellation), cancellation));

    public async ValueTask<DevicePage> List(DeviceQuery query, CancellationToken cancellation = default)
    {
        var ofPart = FleetListing.OfPart(query);
        return FleetListing.Merge(await AskAll(fleet => fleet.List(ofPart), () => ownedHere.List(ofPart, cancellation), cancellation), query);
    }

    public async IAsyncEnumerable<FleetChange> Watch(FleetFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var relay = relays.Join(filter);
        using var watch = relay.Open();
        while (await watch.WaitToRead(cancellation))
        {
            while (watch.TryRead(out var change))
                yield return change;
        }
    }

    private async Task<T[]> AskAll<T>(Func<ISiloFleet, Task<T>> ask, Func<ValueTask<T>> here, CancellationToken cancellation)
        where T : class
    {
        var others = silos.Active().Where(silo => !silo.Equals(silos.Local)).Select(silo => Ask(silo, ask, cancellation)).ToArray();
        var own = await here();
        return [own, .. (await Task.WhenAll(others)).OfType<T>()];
    }

    private async Task<T?> Ask<T>(SiloAddress silo, Func<ISiloFleet, Task<T>> ask, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await ask(fleets.Of(silo)).WaitAsync(Patience, time, cancellation);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It died, or is about to be found dead: its twins come back on the others within seconds.
            LogLeftOut(silo, e.Message);
            return null;
        }
    }

    [LoggerMessage(5020, LogLevel.Warning, "Silo {Silo} did not answer for its part of the fleet, which is left out: {Reason}")]
    private partial void LogLeftOut(SiloAddress silo, string reason);
}
