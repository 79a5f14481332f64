using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace OrleansIot.Api.Devices;

internal sealed record DeviceListQuery(
    [property: FromQuery(Name = "search"), Description("Part of the id, name, type, location or a tag; letter case does not count.")] string? Search,
    [property: FromQuery(Name = "status"), Description("online, offline, unknown or maintenance.")] string? Status,
    [property: FromQuery(Name = "severity"), Description("Only devices with an open alert at least so bad: info, warning or critical.")] string? Severity,
    [property: FromQuery(Name = "filter"), Description("Which devices, in the filter language (docs/search.md): type eq 'pump' and temperature gt 70.")] string? Filter,
    [property: FromQuery(Name = "sort"), Description("Up to four fields or metrics, each with - before it for the greatest first: -temperature,name. By id where left out.")] string? Sort,
    [property: FromQuery(Name = "limit"), Description("1 to 1000; 100 by default.")] string? Limit,
    [property: FromQuery(Name = "cursor"), Description("'next' of the page before, with the same filter and sort.")] string? Cursor);

internal sealed record DeviceMomentQuery(
    [property: FromQuery(Name = "at"), Description("As it was at that moment: a time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default now.")] string? At);

internal sealed record HistoryQuery(
    [property: FromQuery(Name = "metric"), Description("The metric's name.")] string? Metric,
    [property: FromQuery(Name = "from"), Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: FromQuery(Name = "to"), Description("Exclusive. Likewise; default now.")] string? To,
    [property: FromQuery(Name = "points"), Description("The most points to answer with, 1 to 5000 (4 at least with lttb and minmax); 300 by default.")] string? Points,
    [property: FromQuery(Name = "resolution"), Description("What to answer from: raw, 1m, 15m, 1h, 1d; or auto, the default: the coarsest that gives about so many points.")] string? Resolution,
    [property: FromQuery(Name = "shape"), Description("buckets (default): least, mean, greatest and count in equal steps. lttb, minmax: readings, or units of roll-ups, chosen to draw the same line.")] string? Shape);

internal sealed record ExportQuery(
    [property: FromQuery(Name = "format"), Description("csv (default) or jsonl.")] string? Format,
    [property: FromQuery(Name = "from"), Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: FromQuery(Name = "to"), Description("Exclusive. Likewise; default now.")] string? To,
    [property: FromQuery(Name = "metrics"), Description("Names of metrics with commas between, in the order of the columns; by default all that the devices have reported.")] string? Metrics);

internal sealed record DeviceChoice(
    [property: FromQuery(Name = "devices"), Description("Ids with commas between.")] string? Devices,
    [property: FromQuery(Name = "type"), Description("Only devices of this type.")] string? Type,
    [property: FromQuery(Name = "tag"), Description("Only devices with this tag.")] string? Tag,
    [property: FromQuery(Name = "search"), Description("Part of the id, name, type, location or a tag; letter case does not count.")] string? Search);

internal sealed record FleetHistoryQuery(
    [property: FromQuery(Name = "from"), Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: FromQuery(Name = "to"), Description("Exclusive. Likewise; default now.")] string? To,
    [property: FromQuery(Name = "points"), Description("The most buckets of a group, 1 to 5000; 60 by default.")] string? Points,
    [property: FromQuery(Name = "resolution"), Description("What to answer from: 1m, 15m, 1h, 1d; or auto, the default.")] string? Resolution,
    [property: FromQuery(Name = "aggregate"), Description("avg (default), min, max, sum or count.")] string? Aggregate,
    [property: FromQuery(Name = "by"), Description("One series for each device (default), for each type, or none: one for all.")] string? By,
    [property: FromQuery(Name = "top"), Description("Only so many groups, 1 to 100, the first in the order of 'order'.")] string? Top,
    [property: FromQuery(Name = "order"), Description("By which aggregate of the whole range groups are put in order: avg, min, max, sum, count; the greatest first, with a minus sign (-avg) the least. By default 'aggregate', with 'top'.")] string? Order);

internal sealed record ReadingsQuery(
    [property: FromQuery(Name = "from"), Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: FromQuery(Name = "to"), Description("Exclusive. Likewise; default now.")] string? To,
    [property: FromQuery(Name = "limit"), Description("1 to 1000; 100 by default. The newest of the range when there are more.")] string? Limit);
