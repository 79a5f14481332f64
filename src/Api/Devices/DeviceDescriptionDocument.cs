namespace OrleansIot.Api.Devices;

/// <summary>What people say about a device. A member that is left out stays as it is; one that is null is taken away.</summary>
/// <param name="Name">At most 128 characters.</param>
/// <param name="Type">At most 128 characters; rules for this type, and the device type of this id, then apply to the device.</param>
/// <param name="Location">At most 128 characters.</param>
/// <param name="Tags">At most 50, each at most 128 characters. They replace all tags it had.</param>
/// <param name="Organisation">At most 128 characters.</param>
/// <param name="Site">Its place in the site hierarchy: at most 8 levels of 64 characters, with <c>/</c> between.</param>
/// <param name="Groups">At most 50, each at most 128 characters. They replace all groups it was in.</param>
/// <param name="Metadata">Free facts by key: a key that is left out stays, one that is null is taken away. At most 50 in all, keys of
/// a-z A-Z 0-9 _ . : - up to 64 characters, values up to 256.</param>
/// <param name="Firmware">At most 128 characters. A device that reports <c>firmware</c> or <c>firmware-version</c> is believed instead.</param>
public sealed record DeviceDescriptionDocument(
    string? Name,
    string? Type,
    string? Location,
    IReadOnlyList<string>? Tags,
    string? Organisation,
    string? Site,
    IReadOnlyList<string>? Groups,
    IReadOnlyDictionary<string, string?>? Metadata,
    string? Firmware);
