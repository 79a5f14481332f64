using System.ComponentModel;

namespace OrleansIot.Api.Devices;

internal sealed record DeviceListQuery(
    [property: Description("Part of the id, name, type, location or a tag; letter case does not count.")] string? Search,
    [property: Description("online, offline, unknown or maintenance.")] string? Status,
    [property: Description("Only devices with an open alert at least so bad: info, warning or critical.")] string? Severity,
    [property: Description("1 to 1000; 100 by default.")] string? Limit,
    [property: Description("'next' of the page before.")] string? Cursor);

internal sealed record HistoryQuery(
    [property: Description("The metric's name.")] string? Metric,
    [property: Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: Description("Exclusive. Likewise; default now.")] string? To,
    [property: Description("The most points to answer with, 1 to 5000; 300 by default.")] string? Points);

internal sealed record ReadingsQuery(
    [property: Description("Inclusive. A time (2026-11-21T09:48:00Z), or so long ago (-15m, -24h, -7d). Default -1h.")] string? From,
    [property: Description("Exclusive. Likewise; default now.")] string? To,
    [property: Description("1 to 1000; 100 by default. The newest of the range when there are more.")] string? Limit);
