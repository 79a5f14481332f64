using System.Collections.Immutable;

namespace OrleansIot.Grains.Interfaces.Devices;

/// <summary>
/// The twin of one device. Key: the device id, 1 to 128 of <c>a-z A-Z 0-9 : _ -</c>. All of a device's commands, whoever sends
/// them, are executed here one after the other.
/// </summary>
/// <remarks>
/// What a rule refuses is a value with a stable code. A call that throws has an unknown outcome: repeat it, with the same
/// <see cref="DeviceReading.MessageId"/> where it was a reading. A key that is no device id throws <see cref="ArgumentException"/>.
/// </remarks>
[Alias("orleansiot.device")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>Takes a reading in. Completes once it is durable; the first one makes the device known.</summary>
    /// <returns><c>ok</c>, <c>duplicate</c> (its message id was seen lately), <c>reading.invalid</c> or <c>reading.too-many-metrics</c>.</returns>
    [Alias("ingest")]
    Task<DeviceAnswer> Ingest([Immutable] DeviceReading reading);

    /// <summary>What is believed of the device now; null for one never heard of.</summary>
    [Alias("snapshot")]
    Task<DeviceSnapshot?> Snapshot();

    /// <summary>The open alerts, oldest first; none for a device never heard of.</summary>
    [Alias("alerts")]
    Task<ImmutableArray<DeviceAlert>> Alerts();

    /// <summary>Somebody takes care of an open alert. Acknowledging one that is acknowledged changes nothing.</summary>
    /// <param name="alertId"><see cref="DeviceAlert.AlertId"/>.</param>
    /// <param name="by">Who, 1 to 128 characters.</param>
    /// <returns><c>ok</c>, <c>alert.unknown</c>, <c>device.unknown</c> or <c>request.invalid</c>.</returns>
    [Alias("acknowledge")]
    Task<DeviceAnswer> Acknowledge(string alertId, string by);

    /// <summary>
    /// Tells the observer of each change from now on. Lasts five minutes, and not longer than the grain stays where it is: call
    /// again every minute or so with the same observer, which renews it.
    /// </summary>
    /// <returns><c>ok</c>, <c>device.unknown</c>, or <c>device.too-many-observers</c> beyond 100.</returns>
    [Alias("subscribe")]
    Task<DeviceAnswer> Subscribe(IDeviceObserver observer);

    /// <summary>Ends what <see cref="Subscribe"/> began; nothing happens where it had ended already.</summary>
    [Alias("unsubscribe")]
    Task Unsubscribe(IDeviceObserver observer);
}
