using System.Collections.Immutable;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>The device types in force: read by the twins' owners on each activation and change, edited through the API.</summary>
public interface IDeviceTypes
{
    /// <summary>Rises with every change; an owner compares it to know that its <see cref="TypeSchema"/> is stale.</summary>
    long Revision { get; }

    /// <summary>In order of id.</summary>
    ImmutableArray<DeviceType> All { get; }

    DeviceType? Find(DeviceTypeId type);

    /// <param name="type">As the device's description names it; letter case does not count. Null where there is no such type.</param>
    TypeSchema? For(string? type);

    /// <summary>Creates or replaces, but only onto what the caller has seen; otherwise null, and nothing changes. The version is set here.</summary>
    /// <param name="expectedVersion">That of the type to replace; 0: there is none.</param>
    ValueTask<DeviceType?> Put(DeviceType type, long expectedVersion, CancellationToken cancellation = default);

    /// <summary>False, and nothing changes, where the type is gone or at another version.</summary>
    ValueTask<bool> Delete(DeviceTypeId type, long expectedVersion, CancellationToken cancellation = default);
}
