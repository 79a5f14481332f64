using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>The device types, those that are defined and those that devices only name, and how many devices are of each.</summary>
public sealed class TypeCatalog(IDeviceTypes types, IFleet fleet)
{
    /// <summary>Those that are defined first, each in order of id.</summary>
    public IReadOnlyList<TypeRow> Rows { get; private set; } = [];

    public async Task Load(CancellationToken cancellation)
    {
        var named = (await fleet.Parts(cancellation)).Types;
        var counts = named.ToLookup(part => types.For(part.Name)?.Type.Id, part => part);
        Rows =
        [
            .. types.All.Select(type => new TypeRow(type.Id.Value, type, counts[type.Id].Sum(part => part.Devices))),
            .. counts[null].GroupBy(part => part.Name, StringComparer.OrdinalIgnoreCase)
                .Select(same => new TypeRow(same.First().Name, null, same.Sum(part => part.Devices)))
                .OrderBy(row => row.Id, StringComparer.OrdinalIgnoreCase),
        ];
    }
}
