using Orleans.Concurrency;

namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>Whoever follows a device. Calls may be lost and are not repeated: each carries the whole state, so the next one mends it.</summary>
[Alias("orleansiot.device-observer")]
public interface IDeviceObserver : IGrainObserver
{
    /// <summary>Something changed and is durable. Several changes that were stored together are told as one.</summary>
    [Alias("changed"), OneWay]
    Task Changed([Immutable] DeviceSnapshot device);
}
