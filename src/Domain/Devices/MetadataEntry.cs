namespace OrleansIot.Domain.Devices;

/// <summary>One free fact about a device.</summary>
public readonly record struct MetadataEntry(string Key, string Value);
