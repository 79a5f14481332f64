namespace OrleansIot.Api.Devices;

/// <summary>What people say about a device. A member that is left out stays as it is; one that is null is taken away.</summary>
/// <param name="Name">At most 128 characters.</param>
/// <param name="Type">At most 128 characters; rules for this type then apply to the device.</param>
/// <param name="Location">At most 128 characters.</param>
/// <param name="Tags">At most 50, each at most 128 characters. They replace all tags it had.</param>
public sealed record DeviceDescriptionDocument(string? Name, string? Type, string? Location, IReadOnlyList<string>? Tags);
