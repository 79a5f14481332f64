namespace OrleansIot.Application.DeviceTypes;

/// <summary>Where device types come from that are kept as files.</summary>
public sealed class DeviceTypeOptions
{
    public const string Section = "DeviceTypes";

    /// <summary>
    /// A folder whose *.json files hold one device type each. One that the store does not have is put there at start; one that it
    /// has stays as it is, for it may have been edited since. Default: none. A relative path starts at the working directory.
    /// </summary>
    public string? Folder { get; set; }
}
