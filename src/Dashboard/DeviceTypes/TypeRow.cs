using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>A device type in the list.</summary>
/// <param name="Id">As it is defined, or as devices name what nobody defined.</param>
/// <param name="Type">Null where nobody defined it.</param>
/// <param name="Devices">That are of it.</param>
public sealed record TypeRow(string Id, DeviceType? Type, int Devices)
{
    public string Title => Type?.Name ?? Id;

    /// <summary>What its devices send, in few words; derived ones after the others.</summary>
    public IEnumerable<string> Metrics => Type is null ? [] : Type.Metrics.Select(metric => metric.Name.Value).Concat(Type.Derived.Select(metric => metric.Name.Value));
}
