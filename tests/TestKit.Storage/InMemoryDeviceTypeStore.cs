using OrleansIot.Application;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.TestKit.Storage;

public sealed class InMemoryDeviceTypeStore : IDeviceTypeStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<DeviceTypeId, DeviceType> _types = [];

    /// <summary>While it is, nothing can be put.</summary>
    public bool IsFull { get; set; }

    public ValueTask<IReadOnlyList<DeviceType>> List(CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<DeviceType>>([.. _types.Values]);
    }

    public ValueTask Put(DeviceType type, CancellationToken cancellation)
    {
        lock (_lock)
            _types[type.Id] = IsFull ? throw new StoreException("The disk is full.", isTransient: true) : type;

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> Delete(DeviceTypeId type, long version, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(_types.TryGetValue(type, out var present) && present.Version == version && _types.Remove(type));
    }
}
