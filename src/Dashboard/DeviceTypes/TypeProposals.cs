using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>Proposes a type from what devices sent in the last day.</summary>
public sealed class TypeProposals(ITwins twins, IFleet fleet, IDeviceTypes types, SchemaInference inference, TimeProvider time)
{
    /// <summary>Each is read with its last thousand readings and the roll-ups of its metrics.</summary>
    public const int MostDevices = 20;

    public static readonly TimeSpan Range = TimeSpan.FromHours(24);

    /// <param name="type">As typed; of a device that is named alone, its own type or id where nothing is.</param>
    /// <param name="devices">Ids with commas between; empty: the first devices of the type.</param>
    public async Task<TypeProposal> Infer(string type, string devices, CancellationToken cancellation)
    {
        var (found, refusal) = await Find(type, devices, cancellation);
        if (refusal is not null)
            return new TypeProposal(null, 0, refusal);

        var named = DeviceTypeId.TryParse(type, out var id) || DeviceTypeId.TryParse(found[0].Description.Type, out id) ? id : DeviceTypeId.Parse(found[0].Device.Value);
        var now = Instant.From(time.GetUtcNow());
        var proposed = await inference.Infer(named, found, now - Range, now + TimeSpan.FromMilliseconds(1), types.For(named.Value), cancellation);
        return new TypeProposal(proposed, found.Count, null);
    }

    private async Task<(List<Twin> Found, DeviceTypeRefusal? Refusal)> Find(string type, string devices, CancellationToken cancellation)
    {
        var named = devices.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (named.Length > MostDevices)
            return ([], new("query.invalid", $"{named.Length} devices are named; name at most {MostDevices}."));

        var found = new List<Twin>();
        foreach (var text in named)
        {
            if (!DeviceId.TryParse(text, out var id) || await twins.Find(id, cancellation) is not { } view)
                return ([], new("device.unknown", $"There is no device '{text}'."));

            found.Add(view.Twin);
        }

        if (named.Length > 0)
            return (found, null);

        if (!DeviceTypeId.TryParse(type, out var asked))
            return ([], new("device-type.no-devices", "Name devices to look at, or the type that they are of."));

        found.AddRange(await OfType(asked, cancellation));
        return found.Count > 0 ? (found, null) : ([], new("device-type.no-devices", $"No device is of type '{asked}'. Name some."));
    }

    private async Task<IEnumerable<Twin>> OfType(DeviceTypeId type, CancellationToken cancellation)
    {
        var spellings = (await fleet.Parts(cancellation)).Types.Select(part => part.Name).Where(name => string.Equals(name, type.Value, StringComparison.OrdinalIgnoreCase)).ToList();
        if (spellings.Count == 0)
            return [];

        // The id of a type has no quotation mark in it.
        var filter = $"type in ({string.Join(", ", spellings.Select(name => $"'{name}'"))})";
        return (await fleet.List(new DeviceQuery(Filter: filter, Limit: MostDevices), cancellation)).Items;
    }
}

/// <param name="Type">Null where there is none.</param>
/// <param name="Devices">How many it was made from.</param>
public sealed record TypeProposal(DeviceType? Type, int Devices, DeviceTypeRefusal? Refusal);
