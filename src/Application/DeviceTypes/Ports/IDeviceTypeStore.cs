using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes.Ports;

/// <summary>Where device types are kept.</summary>
public interface IDeviceTypeStore
{
    /// <summary>In order of id.</summary>
    ValueTask<IReadOnlyList<DeviceType>> List(CancellationToken cancellation);

    /// <summary>Creates or replaces. Where several processes share the store, an older version never replaces a newer one.</summary>
    ValueTask Put(DeviceType type, CancellationToken cancellation);

    /// <summary>False, and nothing changes, where the type is gone or at another version: somebody else wrote it.</summary>
    ValueTask<bool> Delete(DeviceTypeId type, long version, CancellationToken cancellation);
}
