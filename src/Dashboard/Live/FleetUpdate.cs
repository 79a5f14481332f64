using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Live;

/// <summary>What changed since the last update, put together.</summary>
/// <param name="Twins">The newest twin of each device that changed.</param>
/// <param name="Readings">In order of arrival; only where one device is watched.</param>
/// <param name="BeyondReadings">Something other than readings changed: a status, an alert, a description.</param>
/// <param name="Incomplete">Changes were lost on the way: what is shown should be loaded anew.</param>
public sealed record FleetUpdate(IReadOnlyDictionary<DeviceId, Twin> Twins, IReadOnlyList<Reading> Readings, bool BeyondReadings, bool Incomplete);
