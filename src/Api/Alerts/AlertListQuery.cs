using System.ComponentModel;

namespace OrleansIot.Api.Alerts;

internal sealed record AlertListQuery(
    [property: Description("triggered, acknowledged, resolved, or open (triggered or acknowledged).")] string? Status,
    [property: Description("Only alerts of this device.")] string? Device,
    [property: Description("Only alerts of this rule.")] string? Rule,
    [property: Description("info, warning or critical: exactly this one.")] string? Severity,
    [property: Description("1 to 500; 100 by default.")] string? Limit,
    [property: Description("'next' of the page before.")] string? Cursor);
