using System.Collections.Frozen;
using System.Collections.Immutable;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>
/// All rules at one revision. Most devices share their rules with all others of their type, so a fleet of a hundred
/// thousand asks for a handful of sets: they are made once.
/// </summary>
public sealed class RuleEdition
{
    public static readonly RuleEdition Empty = new(0, []);

    private readonly FrozenDictionary<RuleId, Rule> _byId;
    private readonly FrozenSet<DeviceId> _namedDevices;
    private readonly FrozenDictionary<string, RuleSet> _ofType;
    private readonly RuleSet _ofOtherTypes;

    public RuleEdition(long revision, IReadOnlyList<Rule> rules)
    {
        Revision = revision;
        All = [.. rules.OrderBy(rule => rule.Id)];
        _byId = All.ToFrozenDictionary(rule => rule.Id);
        _namedDevices = All.SelectMany(rule => rule.DeviceIds).ToFrozenSet();
        var forAnyDevice = All.Where(rule => rule.DeviceIds.IsEmpty).ToList();
        _ofOtherTypes = RuleSet.For(default, null, forAnyDevice);
        _ofType = forAnyDevice.Select(rule => rule.DeviceType)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(type => type, type => RuleSet.For(default, type, forAnyDevice), StringComparer.OrdinalIgnoreCase);
    }

    public long Revision { get; }

    public ImmutableArray<Rule> All { get; }

    public Rule? Find(RuleId rule) => _byId.GetValueOrDefault(rule);

    public RuleSet For(DeviceId device, string? deviceType)
    {
        if (_namedDevices.Contains(device))
            return RuleSet.For(device, deviceType, All);

        return deviceType is not null && _ofType.TryGetValue(deviceType, out var rules) ? rules : _ofOtherTypes;
    }
}
