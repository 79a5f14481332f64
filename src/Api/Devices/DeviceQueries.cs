using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace OrleansIot.Api.Devices;

internal sealed record DeviceListQuery(
    [property: FromQuery(Name = "search"), Description("Part of the id, name, type, location or a tag; letter case does not count.")] string? Search,
    [property: FromQuery(Name = "status"), Description("online, offline, unknown or maintenance.")] string? Status,
    [property: FromQuery(Name = "severity"), Description("Only devices with an open alert at least so bad: info, warning or critical.")] string? Severity,
    [property: FromQuery(Name = "limit"), Description("1 to 1000; 100 by default.")] string? Limit,
    [property: FromQuery(Name = "cursor"), Description("'next' of the page before.")] string? Cursor);

internal sealed record DeviceMomentQuery(
    [property: FromQuery(Name = "at"), Description("As it was at that moment: a time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default now.")] string? At);

internal sealed record HistoryQuery(
    [property: FromQuery(Name = "metric"), Description("The metric's name.")] string? Metric,
    [property: FromQuery(Name = "from"), Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: FromQuery(Name = "to"), Description("Exclusive. Likewise; default now.")] string? To,
    [property: FromQuery(Name = "points"), Description("The most points to answer with, 1 to 5000; 300 by default.")] string? Points);

internal sealed record ReadingsQuery(
    [property: FromQuery(Name = "from"), Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: FromQuery(Name = "to"), Description("Exclusive. Likewise; default now.")] string? To,
    [property: FromQuery(Name = "limit"), Description("1 to 1000; 100 by default. The newest of the range when there are more.")] string? Limit);
