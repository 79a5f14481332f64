using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>Something that is durable and believed, told to whoever watches.</summary>
/// <param name="Twin">The twin after the change (and perhaps after later ones of the same batch).</param>
public abstract record FleetChange(Twin Twin)
{
    /// <summary>How many changes this watcher lost before this one because it was too slow.</summary>
    public long Missed { get; init; }

    public sealed record ReadingArrived(Twin Twin, Reading Reading) : FleetChange(Twin);

    public sealed record StatusChanged(Twin Twin) : FleetChange(Twin);

    /// <param name="Alert">Triggered, acknowledged or resolved.</param>
    public sealed record AlertChanged(Twin Twin, Alert Alert) : FleetChange(Twin);

    /// <summary>Many devices went offline together, more of them did, or they are back. Not told to those who watch one device.</summary>
    /// <param name="Twin">The last of them.</param>
    public sealed record OutageChanged(Twin Twin, FleetOutage Outage) : FleetChange(Twin);

    /// <summary>Name, type, location or tags were edited.</summary>
    public sealed record Described(Twin Twin) : FleetChange(Twin);

    /// <summary>A shadow was updated or deleted. Told only to those who watch one device.</summary>
    // In a fleet whose devices all report to their shadows it would be as many again as readings, and no list shows shadows.
    public sealed record ShadowChanged(Twin Twin) : FleetChange(Twin);
}
