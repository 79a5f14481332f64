using System.Collections.Frozen;
using System.Collections.Immutable;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>All device types at one revision, ready for readings to be held to them.</summary>
public sealed class DeviceTypeEdition
{
    public static readonly DeviceTypeEdition Empty = new(0, []);

    private readonly FrozenDictionary<DeviceTypeId, DeviceType> _byId;
    private readonly FrozenDictionary<string, TypeSchema> _schemas;

    public DeviceTypeEdition(long revision, IReadOnlyCollection<DeviceType> types)
    {
        Revision = revision;
        All = [.. types.OrderBy(type => type.Id)];
        _byId = All.ToFrozenDictionary(type => type.Id);

        // Two that differ by letter case alone: the first in order counts.
        _schemas = All.DistinctBy(type => type.Id.Value, StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(type => type.Id.Value, type => new TypeSchema(type), StringComparer.OrdinalIgnoreCase);
    }

    public long Revision { get; }

    public ImmutableArray<DeviceType> All { get; }

    public DeviceType? Find(DeviceTypeId type) => _byId.GetValueOrDefault(type);

    public TypeSchema? For(string? type) => type is not null && _schemas.TryGetValue(type, out var schema) ? schema : null;
}
