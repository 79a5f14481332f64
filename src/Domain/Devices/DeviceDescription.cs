using System.Collections.Immutable;

namespace OrleansIot.Domain.Devices;

/// <summary>What people say about a device. Everything is optional; an empty type matches only rules for all types.</summary>
public sealed record DeviceDescription(string? Name, string? Type, string? Location, ImmutableArray<string> Tags)
{
    public const int MaxTextLength = 128;
    public const int MaxTags = 50;

    public static readonly DeviceDescription None = new(null, null, null, []);

    public bool Equals(DeviceDescription? other) =>
        other is not null && Name == other.Name && Type == other.Type && Location == other.Location && Tags.SequenceEqual(other.Tags);

    public override int GetHashCode() => HashCode.Combine(Name, Type, Location, Tags.Length);
}
