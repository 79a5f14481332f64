using Microsoft.Extensions.Logging;
using Orleans.Utilities;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Grains.Twins;

/// <summary>Those who follow one device from outside the silos.</summary>
internal sealed class DeviceObservers(ILogger log)
{
    // A bound for clients that subscribe anew instead of renewing; a dashboard follows the fleet, not each device.
    public const int AtMost = 100;

    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    private readonly ObserverManager<IDeviceObserver> _observers = new(Lasts, log);

    public bool Add(IDeviceObserver observer)
    {
        if (_observers.Count >= AtMost)
            _observers.ClearExpired();

        if (_observers.Count >= AtMost && !_observers.Observers.ContainsKey(observer))
            return false;

        _observers.Subscribe(observer, observer);
        return true;
    }

    public void Remove(IDeviceObserver observer) => _observers.Unsubscribe(observer);

    /// <summary>One-way: nobody is waited for.</summary>
    public void Tell(Twin twin)
    {
        if (_observers.Count == 0)
            return;

        var snapshot = DeviceMessages.SnapshotOf(twin);
        _observers.Notify(observer => observer.Changed(snapshot).Ignore());
    }
}
