using Microsoft.AspNetCore.WebUtilities;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>Where the pages of device types are.</summary>
internal static class TypeAddress
{
    public const string All = "/types";

    public static string Of(string type) => $"{All}/{Uri.EscapeDataString(type)}";

    public static string Edit(string type) => $"{Of(type)}/edit";

    // Two steps deep: a type may be called "new".
    /// <param name="type">The id it is to have; null: as it is typed.</param>
    /// <param name="device">What it reports is proposed.</param>
    public static string New(string? type = null, string? device = null)
    {
        var query = new Dictionary<string, string?>();
        if (type is not null)
            query["type"] = type;
        if (device is not null)
            query["device"] = device;

        return QueryHelpers.AddQueryString($"{All}/new/form", query);
    }
}
