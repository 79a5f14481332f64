using OrleansIot.Application.Fleet;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Dashboard.Devices;

/// <summary>The segments of the device list.</summary>
public enum DeviceFilter
{
    All,
    Alerts,
    Critical,
    Online,
    Offline,
    Maintenance,
}

internal static class DeviceFilters
{
    public static DeviceQuery Narrow(this DeviceFilter filter, DeviceQuery query) => filter switch
    {
        DeviceFilter.Alerts => query with { AtLeast = Severity.Info },
        DeviceFilter.Critical => query with { AtLeast = Severity.Critical },
        DeviceFilter.Online => query with { Status = DeviceStatus.Online },
        DeviceFilter.Offline => query with { Status = DeviceStatus.Offline },
        DeviceFilter.Maintenance => query with { Status = DeviceStatus.Maintenance },
        _ => query,
    };
}
