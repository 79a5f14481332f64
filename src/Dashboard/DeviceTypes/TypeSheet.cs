using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>What the page of one device type knows: the type, how many devices are of it, and which of them break it now.</summary>
/// <param name="name">As in the address, and as devices name it: letter case does not count.</param>
public sealed class TypeSheet(string name, IDeviceTypes types, IFleet fleet)
{
    public const int ShownDevices = 20;

    /// <summary>Null where nobody defined it.</summary>
    public DeviceType? Type { get; private set; }

    public int Devices { get; private set; }

    /// <summary>That have flags now: all of them, also those that are not in <see cref="Flagged"/>.</summary>
    public int FlaggedCount { get; private set; }

    /// <summary>Worst first.</summary>
    public IReadOnlyList<Twin> Flagged { get; private set; } = [];

    /// <summary>The question that finds its devices, in the language of the device list; null without any.</summary>
    public string? Question { get; private set; }

    public string? FlaggedQuestion => Question is null ? null : $"{Question} and breaches gt 0";

    /// <summary>Whether a type can have this name at all.</summary>
    public bool CanBeDefined => DeviceTypeId.TryParse(name, out _);

    public async Task Load(CancellationToken cancellation)
    {
        var type = DeviceTypeId.TryParse(name, out var id) ? types.Find(id) ?? types.For(name)?.Type : null;
        var parts = (await fleet.Parts(cancellation)).Types.Where(part => IsOf(part.Name, type)).ToList();
        var question = parts.Count == 0 ? null : QuestionOf(parts.ConvertAll(part => part.Name));
        var flagged = question is null ? null : await fleet.List(new DeviceQuery(Filter: $"{question} and breaches gt 0", Order: DeviceOrder.WorstFirst, Limit: ShownDevices), cancellation);
        (Type, Question, Devices) = (type, question, parts.Sum(part => part.Devices));
        (FlaggedCount, Flagged) = (flagged?.Total ?? 0, flagged?.Items ?? []);
    }

    private bool IsOf(string named, DeviceType? type) =>
        type is null ? string.Equals(named, name, StringComparison.OrdinalIgnoreCase) : types.For(named)?.Type.Id == type.Id;

    // Filters hold letter case to count; so each spelling is asked for.
    private static string QuestionOf(List<string> names)
    {
        var texts = names.ConvertAll(one => $"'{one.Replace("'", "''", StringComparison.Ordinal)}'");
        return texts.Count == 1 ? $"type eq {texts[0]}" : $"type in ({string.Join(", ", texts)})";
    }
}
