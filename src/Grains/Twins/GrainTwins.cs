using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Twins;

/// <summary>The way from a silo to every twin, wherever in the cluster its grain is.</summary>
internal sealed class GrainTwins : ITwins
{
    // Below this many routes, looking for idle ones is not worth it: some megabytes.
    private const int LeastSweep = 20_000;

    private readonly ConcurrentDictionary<DeviceId, TwinRoute> _routes = new();
    private readonly IGrainFactory _grains;
    private readonly FleetIndex _ownedHere;
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private int _count;
    private int _sweepAt = LeastSweep;

    public GrainTwins(IGrainFactory grains, FleetIndex ownedHere, IOptions<TwinOptions> options, TimeProvider time)
    {
        _grains = grains;
        _ownedHere = ownedHere;
        _capacity = options.Value.MailboxCapacity;
        _time = time;
    }

    public ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default)
    {
        if (!_routes.TryGetValue(device, out var route))
            route = Add(device);

        return route.Execute(command, isHere: _ownedHere.Find(device) is not null, cancellation);
    }

    public async ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default)
    {
        if (_ownedHere.Find(device) is { } here)
            return here;

        var owner = OwnerOf(device);
        return await CallFaults.Mapped(device, static owner => owner.Find(), owner, mayRepeat: true, _time);
    }

    /// <summary>Gives a twin an owner where it has none.</summary>
    /// <exception cref="TwinUnavailableException">It could not be.</exception>
    public async ValueTask TakeUp(DeviceId device)
    {
        var owner = OwnerOf(device);
        await CallFaults.Mapped(device, static async owner => { await owner.TakeUp(); return true; }, owner, mayRepeat: true, _time);
    }

    public async ValueTask ForgetSession(DeviceId device, int run)
    {
        var owner = OwnerOf(device);
        await CallFaults.Mapped(device, async owner => { await owner.ForgetSession(run); return true; }, owner, mayRepeat: true, _time);
    }

    private ITwinOwnerGrain OwnerOf(DeviceId device) => _grains.GetGrain<ITwinOwnerGrain>(device.Value);

    private TwinRoute Add(DeviceId device)
    {
        var route = _routes.GetOrAdd(device, static (id, self) => new TwinRoute(id, self.OwnerOf(id), self._capacity, self._time), this);
        if (Interlocked.Increment(ref _count) > _sweepAt)
            Sweep();

        return route;
    }

    // Whoever connects under any name gets a route; this keeps those that are used.
    private void Sweep()
    {
        foreach (var (device, route) in _routes)
        {
            if (route.IsIdle && _ownedHere.Find(device) is null)
                _routes.TryRemove(device, out _);
        }

        Volatile.Write(ref _count, _routes.Count);
        Volatile.Write(ref _sweepAt, Math.Max(LeastSweep, 2 * _routes.Count));
    }
}
