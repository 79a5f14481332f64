using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace OrleansIot.Api.Alerts;

internal sealed record AlertListQuery(
    [property: FromQuery(Name = "status"), Description("triggered, acknowledged, resolved, or open (triggered or acknowledged).")] string? Status,
    [property: FromQuery(Name = "device"), Description("Only alerts of this device.")] string? Device,
    [property: FromQuery(Name = "rule"), Description("Only alerts of this rule.")] string? Rule,
    [property: FromQuery(Name = "severity"), Description("info, warning or critical: exactly this one.")] string? Severity,
    [property: FromQuery(Name = "limit"), Description("1 to 500; 100 by default.")] string? Limit,
    [property: FromQuery(Name = "cursor"), Description("'next' of the page before.")] string? Cursor);
