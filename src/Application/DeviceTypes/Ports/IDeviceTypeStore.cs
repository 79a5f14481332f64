using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes.Ports;

/// <summary>Where device types are kept.</summary>
public interface IDeviceTypeStore
{
    /// <summary>In order of id.</summary>
    ValueTask<IReadOnlyList<DeviceType>> List(CancellationToken cancellation);

    /// <summary>Creates or replaces. Where several processes share the store, an older version never replaces a newer one.</summary>
    ValueTask Put(DeviceType type, CancellationToken cancellation);

    ValueTask<bool> Delete(DeviceTypeId type, CancellationToken cancellation);
}
