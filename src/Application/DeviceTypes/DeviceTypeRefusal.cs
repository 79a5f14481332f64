using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>Why nothing was done about a device type: the same code and words wherever it was asked for.</summary>
/// <param name="Code">Stable.</param>
/// <param name="Detail">For people, with the mend.</param>
public sealed record DeviceTypeRefusal(string Code, string Detail)
{
    /// <summary>Somebody else wrote or removed it since the caller looked.</summary>
    public static DeviceTypeRefusal Changed(DeviceType? present) => new(
        "device-type.changed",
        present is null ? "There is no such device type." : $"The device type is at version {present.Version}; read it again and repeat the change.");

    public static DeviceTypeRefusal Unknown(string type) => new("device-type.unknown", $"There is no device type '{type}'.");
}
