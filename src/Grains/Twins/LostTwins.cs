using System.Collections.Concurrent;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Grains.Twins;

/// <summary>Twins of this silo that want an owner again: their last one here gave up, or could not take them up.</summary>
internal sealed class LostTwins
{
    private readonly ConcurrentDictionary<DeviceId, bool> _devices = new();

    public ICollection<DeviceId> Devices => _devices.Keys;

    public int Count => _devices.Count;

    /// <returns>Whether it was not known yet.</returns>
    public bool Add(DeviceId device) => _devices.TryAdd(device, true);

    public void Found(DeviceId device) => _devices.TryRemove(device, out _);
}
