using System.Collections.Immutable;

namespace OrleansIot.Domain.Devices;

/// <summary>What people say about a device. Everything is optional; an empty type matches only rules for all types.</summary>
public sealed record DeviceDescription(string? Name, string? Type, string? Location, ImmutableArray<string> Tags)
{
    public const int MaxTextLength = 128;
    public const int MaxTags = 50;
    public const int MaxGroups = 50;

    /// <summary>Site, area, line, machine, and as many again.</summary>
    public const int MaxSiteLevels = 8;
    public const int MaxSiteLevelLength = 64;

    // With the longest keys and values 16 KiB per device: a hundred thousand described to the full still fit into 2 GiB.
    public const int MaxMetadata = 50;
    public const int MaxMetadataKeyLength = 64;
    public const int MaxMetadataValueLength = 256;

    public static readonly DeviceDescription None = new(null, null, null, []);

    public string? Organisation { get; init; }

    /// <summary>Its place in the site hierarchy, levels separated by <c>/</c>: <c>plant-1/hall-2/line-3</c>.</summary>
    public string? Site { get; init; }

    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>Free facts by key, in order of key.</summary>
    public ImmutableArray<MetadataEntry> Metadata { get; init; } = [];

    /// <summary>Version of the software on it, where people state it.</summary>
    public string? Firmware { get; init; }

    public bool Equals(DeviceDescription? other) =>
        other is not null && Name == other.Name && Type == other.Type && Location == other.Location && Tags.SequenceEqual(other.Tags)
        && Organisation == other.Organisation && Site == other.Site && Groups.SequenceEqual(other.Groups) && Metadata.SequenceEqual(other.Metadata)
        && Firmware == other.Firmware;

    public override int GetHashCode() => HashCode.Combine(Name, Type, Location, Tags.Length);
}
