using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>Counts over the fleet, kept as twins change. Changes of one device come one after the other; those of different devices do not.</summary>
internal sealed class FleetTally
{
    private readonly int[] _byStatus = new int[Enum.GetValues<DeviceStatus>().Length];
    private readonly int[] _alertsBySeverity = new int[Enum.GetValues<Severity>().Length];

    public void Replace(Twin? before, Twin after)
    {
        if (before is null || before.Status != after.Status)
        {
            if (before is not null)
                Interlocked.Decrement(ref _byStatus[(int)before.Status]);

            Interlocked.Increment(ref _byStatus[(int)after.Status]);
        }

        // Alerts change seldom; the arrays are the same object while they do not.
        if (before is not null && before.OpenAlerts == after.OpenAlerts)
            return;

        foreach (var alert in before?.OpenAlerts ?? [])
            Interlocked.Decrement(ref _alertsBySeverity[(int)alert.Severity]);

        foreach (var alert in after.OpenAlerts)
            Interlocked.Increment(ref _alertsBySeverity[(int)alert.Severity]);
    }

    public void Remove(Twin twin)
    {
        Interlocked.Decrement(ref _byStatus[(int)twin.Status]);
        foreach (var alert in twin.OpenAlerts)
            Interlocked.Decrement(ref _alertsBySeverity[(int)alert.Severity]);
    }

    public int Online => Volatile.Read(ref _byStatus[(int)DeviceStatus.Online]);

    public FleetCounts Counts() => new(
        Devices: _byStatus.Sum(),
        Online: _byStatus[(int)DeviceStatus.Online],
        Offline: _byStatus[(int)DeviceStatus.Offline],
        Unknown: _byStatus[(int)DeviceStatus.Unknown],
        Maintenance: _byStatus[(int)DeviceStatus.Maintenance],
        OpenAlerts: _alertsBySeverity.Sum(),
        CriticalAlerts: _alertsBySeverity[(int)Severity.Critical],
        WarningAlerts: _alertsBySeverity[(int)Severity.Warning]);
}
