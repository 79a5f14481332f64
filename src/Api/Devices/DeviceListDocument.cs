namespace OrleansIot.Api.Devices;

/// <summary>Devices, in order of id where the request names no other.</summary>
/// <param name="Next">Pass it as <c>cursor</c> to go on; null at the end.</param>
/// <param name="Total">How many match in all.</param>
public sealed record DeviceListDocument(IReadOnlyList<DeviceDocument> Items, string? Next, int Total);
