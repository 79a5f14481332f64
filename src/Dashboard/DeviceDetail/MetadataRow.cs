namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>One free fact about a device, as it is typed.</summary>
public sealed class MetadataRow
{
    public string Key { get; set; } = "";

    public string Value { get; set; } = "";

    /// <summary>What is wrong with it; null where nothing is.</summary>
    public string? Mend { get; set; }

    public bool IsBlank => string.IsNullOrWhiteSpace(Key) && string.IsNullOrWhiteSpace(Value);
}
