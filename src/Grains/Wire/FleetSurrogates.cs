using OrleansIot.Application.Fleet;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Grains.Wire;

[GenerateSerializer, Alias("orleansiot.wire.fleet-counts")]
internal struct FleetCountsSurrogate
{
    [Id(0)]
    public int Devices;

    [Id(1)]
    public int Online;

    [Id(2)]
    public int Offline;

    [Id(3)]
    public int Unknown;

    [Id(4)]
    public int Maintenance;

    [Id(5)]
    public int OpenAlerts;

    [Id(6)]
    public int CriticalAlerts;

    [Id(7)]
    public int WarningAlerts;

    // As FleetOutageFields writes it; null where there is none, and from a silo of a release before.
    [Id(8)]
    public byte[]? Outage;
}

[RegisterConverter]
internal sealed class FleetCountsConverter : IConverter<FleetCounts, FleetCountsSurrogate>
{
    public FleetCounts ConvertFromSurrogate(in FleetCountsSurrogate surrogate) => new(
        surrogate.Devices,
        surrogate.Online,
        surrogate.Offline,
        surrogate.Unknown,
        surrogate.Maintenance,
        surrogate.OpenAlerts,
        surrogate.CriticalAlerts,
        surrogate.WarningAlerts)
    {
        Outage = surrogate.Outage is { } outage ? FleetOutageFields.Decode(outage) : null,
    };

    public FleetCountsSurrogate ConvertToSurrogate(in FleetCounts value) => new()
    {
        Devices = value.Devices,
        Online = value.Online,
        Offline = value.Offline,
        Unknown = value.Unknown,
        Maintenance = value.Maintenance,
        OpenAlerts = value.OpenAlerts,
        CriticalAlerts = value.CriticalAlerts,
        WarningAlerts = value.WarningAlerts,
        Outage = value.Outage is { } outage ? FleetOutageFields.Encode(outage) : null,
    };
}

[GenerateSerializer, Alias("orleansiot.wire.fleet-filter")]
internal struct FleetFilterSurrogate
{
    [Id(0)]
    public string? Device;

    [Id(1)]
    public bool Readings;
}

[RegisterConverter]
internal sealed class FleetFilterConverter : IConverter<FleetFilter, FleetFilterSurrogate>
{
    public FleetFilter ConvertFromSurrogate(in FleetFilterSurrogate surrogate) =>
        new(surrogate.Device is { } device ? DeviceId.Parse(device) : null, surrogate.Readings);

    public FleetFilterSurrogate ConvertToSurrogate(in FleetFilter value) => new() { Device = value.Device?.Value, Readings = value.Readings };
}

[GenerateSerializer, Alias("orleansiot.wire.device-query")]
internal struct DeviceQuerySurrogate
{
    [Id(0)]
    public string? Search;

    [Id(1)]
    public int? Status;

    [Id(2)]
    public int? AtLeast;

    [Id(3)]
    public int Order;

    [Id(4)]
    public int Offset;

    [Id(5)]
    public string? Cursor;

    [Id(6)]
    public int Limit;

    [Id(7)]
    public string? Filter;

    [Id(8)]
    public string? Sort;
}

[RegisterConverter]
internal sealed class DeviceQueryConverter : IConverter<DeviceQuery, DeviceQuerySurrogate>
{
    public DeviceQuery ConvertFromSurrogate(in DeviceQuerySurrogate surrogate) => new(
        surrogate.Search,
        (DeviceStatus?)surrogate.Status,
        (Severity?)surrogate.AtLeast,
        (DeviceOrder)surrogate.Order,
        surrogate.Offset,
        surrogate.Cursor,
        surrogate.Limit,
        surrogate.Filter,
        surrogate.Sort);

    public DeviceQuerySurrogate ConvertToSurrogate(in DeviceQuery value) => new()
    {
        Search = value.Search,
        Status = (int?)value.Status,
        AtLeast = (int?)value.AtLeast,
        Order = (int)value.Order,
        Offset = value.Offset,
        Cursor = value.Cursor,
        Limit = value.Limit,
        Filter = value.Filter,
        Sort = value.Sort,
    };
}

[GenerateSerializer, Alias("orleansiot.wire.device-page")]
internal struct DevicePageSurrogate
{
    [Id(0)]
    public Twin[] Items;

    [Id(1)]
    public int Total;

    [Id(2)]
    public string? Next;
}

[RegisterConverter]
internal sealed class DevicePageConverter : IConverter<DevicePage, DevicePageSurrogate>
{
    public DevicePage ConvertFromSurrogate(in DevicePageSurrogate surrogate) => new(surrogate.Items, surrogate.Total, surrogate.Next);

    public DevicePageSurrogate ConvertToSurrogate(in DevicePage value) => new() { Items = [.. value.Items], Total = value.Total, Next = value.Next };
}
