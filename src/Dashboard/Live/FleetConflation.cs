using System.Diagnostics.CodeAnalysis;
using OrleansIot.Application.Fleet;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Live;

/// <summary>Gathers changes between two updates. However many come, it holds one twin per device.</summary>
internal sealed class FleetConflation(bool keepReadings)
{
    // A device that sends faster than this between two updates (over 3,000/s) is drawn anew from its history instead.
    public const int MaxReadings = 1_000;

    private readonly Lock _lock = new();
    private Dictionary<DeviceId, Twin> _twins = [];
    private List<Reading> _readings = [];
    private bool _beyondReadings;
    private bool _incomplete;

    public void Add(FleetChange change)
    {
        lock (_lock)
        {
            _twins[change.Twin.Device] = change.Twin;
            _incomplete |= change.Missed > 0;
            if (change is not FleetChange.ReadingArrived arrived)
                _beyondReadings |= change is not FleetChange.ShadowChanged; // a shadow is in the twin, and changes nothing else
            else if (keepReadings && _readings.Count < MaxReadings)
                _readings.Add(arrived.Reading);
            else
                _incomplete |= keepReadings;
        }
    }

    public void AddBreak()
    {
        lock (_lock)
            _incomplete = true;
    }

    public bool TryTake([NotNullWhen(true)] out FleetUpdate? update)
    {
        lock (_lock)
        {
            update = _twins.Count > 0 || _incomplete ? new FleetUpdate(_twins, _readings, _beyondReadings, _incomplete) : null;
            if (update is null)
                return false;

            (_twins, _readings, _beyondReadings, _incomplete) = ([], [], false, false);
            return true;
        }
    }
}
