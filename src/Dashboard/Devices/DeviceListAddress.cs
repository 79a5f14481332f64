using Microsoft.AspNetCore.WebUtilities;
using OrleansIot.Application.Fleet;

namespace OrleansIot.Dashboard.Devices;

/// <summary>The device list's address holds its whole state, so that it can be kept and sent around.</summary>
internal static class DeviceListAddress
{
    public static string Of(DeviceFilter filter = DeviceFilter.All, string? search = null, DeviceOrder order = DeviceOrder.WorstFirst, string? sort = null)
    {
        var query = new Dictionary<string, string?>();
        if (!string.IsNullOrWhiteSpace(search))
            query["q"] = search.Trim();
        if (filter != DeviceFilter.All)
            query["show"] = filter.ToString().ToLowerInvariant();
        if (sort is not null)
            query["sort"] = sort;
        else if (order == DeviceOrder.ById)
            query["order"] = "id";

        return QueryHelpers.AddQueryString("/devices", query);
    }

    public static DeviceFilter FilterOf(string? show) =>
        Enum.TryParse<DeviceFilter>(show, ignoreCase: true, out var filter) && Enum.IsDefined(filter) ? filter : DeviceFilter.All;

    public static DeviceOrder OrderOf(string? order) => order == "id" ? DeviceOrder.ById : DeviceOrder.WorstFirst;
}
