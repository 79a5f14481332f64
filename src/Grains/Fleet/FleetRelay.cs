using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;
using OrleansIot.Grains.Silos;

namespace OrleansIot.Grains.Fleet;

/// <summary>
/// Brings the changes that one filter lets through from all silos to those who watch on this one. It asks (a long poll per silo)
/// instead of being sent to, so a watcher that is slow or gone fills a bounded queue on the other side, and nothing here.
/// </summary>
internal sealed partial class FleetRelay : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly FleetWatchers _watchers = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<SiloAddress, Task> _pumps = new();
    private readonly FleetFilter _filter;
    private readonly SiloFleets _fleets;
    private readonly SiloMembers _silos;
    private readonly TimeProvider _time;
    private readonly ILogger<FleetRelay> _log;
    private readonly Task _own;
    private readonly Task _following;

    public FleetRelay(FleetFilter filter, FleetIndex ownedHere, SiloFleets fleets, SiloMembers silos, TimeProvider time, ILogger<FleetRelay> log)
    {
        (_filter, _fleets, _silos, _time, _log) = (filter, fleets, silos, time, log);

        // Opened before anything is waited for: what happens on this silo from now on is seen.
        var own = ownedHere.Open(filter);
        _own = Task.Run(() => Relay(own));
        _following = Task.Run(FollowSilos);
    }

    public FleetWatch Open() => _watchers.Open(_filter);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll([_own, _following, .. _pumps.Values]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task Relay(FleetWatch own)
    {
        using (own)
        {
            while (await own.WaitToRead(_ending.Token))
            {
                while (own.TryRead(out var change))
                    _watchers.Tell(change);
            }
        }
    }

    private async Task FollowSilos()
    {
        await foreach (var census in _silos.Changes(_ending.Token))
        {
            foreach (var silo in census.Active.Where(silo => !silo.Equals(_silos.Local)))
                _ = _pumps.GetOrAdd(silo, Pump);
        }
    }

    private async Task Pump(SiloAddress silo)
    {
        var missed = 0;
        while (!_ending.IsCancellationRequested && _silos.IsActive(silo))
        {
            try
            {
                await Pump(_fleets.Of(silo), missed);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                LogLost(silo, e.Message);
                await Task.Delay(RetryAfter, _time, _ending.Token);
            }

            // What happened until it is opened anew is lost, however much it is.
            missed = 1;
        }

        _pumps.TryRemove(silo, out _);
    }

    private async Task Pump(ISiloFleet fleet, int missed)
    {
        var watch = await fleet.Open(_filter).WaitAsync(_ending.Token);
        try
        {
            while (await fleet.Next(watch).WaitAsync(_ending.Token) is { } changes)
            {
                foreach (var change in changes)
                {
                    _watchers.Tell(missed == 0 ? change : change with { Missed = change.Missed + missed });
                    missed = 0;
                }
            }
        }
        finally
        {
            // Not waited for: where it does not arrive, the other side ends it within a minute.
            fleet.Close(watch).Ignore();
        }
    }

    [LoggerMessage(5021, LogLevel.Warning, "Changes of the fleet on silo {Silo} cannot be followed; tried again while it is there: {Reason}")]
    private partial void LogLost(SiloAddress silo, string reason);
}
