namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>A rule of the load, for the product (<see cref="Document"/>) and for the model.</summary>
/// <param name="Holds">Whether it fires.</param>
/// <param name="Clears">Whether what fired is over.</param>
/// <param name="Told">The steps of its alerts that its webhook hears of.</param>
internal sealed record LoadRule(string Id, string Metric, string Operator, object Threshold, double? ClearThreshold, Func<object, bool> Holds, Func<object, bool> Clears, string[] Told)
{
    public static readonly LoadRule[] All =
    [
        new("level-extreme", "level", ">", 90, null, value => (double)value > 90, value => (double)value <= 90, ["triggered", "resolved"]),
        new("level-high", "level", ">", 70, 60, value => (double)value > 70, value => (double)value <= 60, ["triggered", "acknowledged", "resolved"]),
        new("mode-bad", "mode", "==", "bad", null, value => (string)value == "bad", value => (string)value != "bad", ["triggered"]),
    ];

    public object Document(Uri webhook) => new
    {
        name = Id,
        condition = new { metric = Metric, @operator = Operator, threshold = Threshold, duration = 0 },
        clearThreshold = ClearThreshold,
        cooldownPeriod = 0,
        actions = new { webhooks = new[] { new Uri(webhook, $"/{Id}").ToString() }, on = Told },
    };
}
