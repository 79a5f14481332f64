namespace OrleansIot.Domain.Devices;

/// <summary>Whether a device is there. <see cref="Unknown"/> only before anything was heard from it.</summary>
public enum DeviceStatus
{
    Unknown = 0,
    Online = 1,
    Offline = 2,
    Maintenance = 3,
}
