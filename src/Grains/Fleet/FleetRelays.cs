using Microsoft.Extensions.Logging;
using OrleansIot.Application.Fleet;
using OrleansIot.Grains.Silos;

namespace OrleansIot.Grains.Fleet;

/// <summary>The relays of this silo: those who watch the same share one, so that a hundred open pages cost the other silos as much as one.</summary>
internal sealed class FleetRelays(FleetIndex ownedHere, SiloFleets fleets, SiloMembers silos, TimeProvider time, ILogger<FleetRelay> log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FleetFilter, (FleetRelay Relay, int Users)> _relays = [];

    /// <summary>Disposing of what is answered leaves it again; the last to leave ends the relay.</summary>
    public Membership Join(FleetFilter filter)
    {
        lock (_lock)
        {
            var (relay, users) = _relays.GetValueOrDefault(filter);
            relay ??= new FleetRelay(filter, ownedHere, fleets, silos, time, log);
            _relays[filter] = (relay, users + 1);
            return new Membership(this, filter, relay);
        }
    }

    private ValueTask Leave(FleetFilter filter)
    {
        FleetRelay relay;
        lock (_lock)
        {
            (relay, var users) = _relays[filter];
            if (users > 1)
            {
                _relays[filter] = (relay, users - 1);
                return ValueTask.CompletedTask;
            }

            _relays.Remove(filter);
        }

        return relay.DisposeAsync();
    }

    internal sealed class Membership(FleetRelays relays, FleetFilter filter, FleetRelay relay) : IAsyncDisposable
    {
        public FleetWatch Open() => relay.Open();

        public ValueTask DisposeAsync() => relays.Leave(filter);
    }
}
