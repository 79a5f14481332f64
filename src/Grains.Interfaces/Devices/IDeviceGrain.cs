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

    /// <summary>What people say about the device; null for one never heard of.</summary>
    [Alias("description")]
    Task<DeviceProfile?> Description();

    /// <summary>Puts what people say about the device in the place of what they said. One never heard of becomes known by it.</summary>
    /// <param name="expected">What it was when it was looked at: refused if it is another by now. Null: whatever it is.</param>
    /// <returns><c>ok</c>, <c>device.changed</c>, or the code of the first field that cannot be taken (<c>device.site-invalid</c>).</returns>
    [Alias("describe")]
    Task<DeviceAnswer> Describe([Immutable] DeviceProfile description, [Immutable] DeviceProfile? expected);

    /// <summary>Somebody begins, or ceases, to work on the device. Saying so again changes at most the reason.</summary>
    /// <param name="reason">For people, at most 256 characters; passed over where it ends.</param>
    /// <param name="by">Who, 1 to 128 characters.</param>
    /// <returns><c>ok</c>, <c>device.unknown</c> or <c>device.maintenance-invalid</c>.</returns>
    [Alias("set-maintenance")]
    Task<DeviceAnswer> SetMaintenance(bool on, string? reason, string by);

    /// <summary>The names of the device's shadows, the classic one as an empty text; none for a device never heard of.</summary>
    [Alias("shadow-names")]
    Task<ImmutableArray<string>> ShadowNames();

    /// <param name="name">Null: the classic shadow.</param>
    /// <returns>Null where there is no such shadow.</returns>
    [Alias("shadow")]
    Task<DeviceShadow?> Shadow(string? name);

    /// <summary>Merges what is given into a shadow, which is made where there is none. Told over MQTT as any other change.</summary>
    /// <param name="name">Null: the classic shadow.</param>
    /// <param name="document">JSON, at most 2 MiB: <c>{"state": {"desired": {…}, "reported": {…}}, "version": 12}</c>. Without <c>version</c>, repeating it counts twice.</param>
    /// <param name="by">Who, 1 to 128 characters.</param>
    /// <returns><c>ok</c>, <c>shadow.version-conflict</c>, <c>shadow.too-large</c> and others of docs/shadows.md, or <c>request.invalid</c>.</returns>
    [Alias("update-shadow")]
    Task<DeviceShadowAnswer> UpdateShadow(string? name, string document, string by);

    /// <param name="name">Null: the classic shadow.</param>
    /// <param name="expectedVersion">That of the shadow to delete; null: whatever it has.</param>
    /// <param name="by">Who, 1 to 128 characters.</param>
    /// <returns><c>ok</c>, <c>shadow.unknown</c>, <c>shadow.version-conflict</c>, <c>shadow.invalid-name</c> or <c>request.invalid</c>.</returns>
    [Alias("delete-shadow")]
    Task<DeviceShadowAnswer> DeleteShadow(string? name, long? expectedVersion, string by);

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
