namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>How far back the chart looks, and of how many stretches of it the least and the greatest value are drawn.</summary>
public sealed record ChartRange(string Name, TimeSpan Span, int Stretches)
{
    public static readonly ChartRange Quarter = new("15m", TimeSpan.FromMinutes(15), 180);
    public static readonly ChartRange Hour = new("1h", TimeSpan.FromHours(1), 240);

    /// <summary>
    /// Stretches of 5 s, 15 s, 1, 5 and 30 min, 2 h and a day: what about a thousand pixels can show, and whole units of the roll-ups that
    /// answer where there are too many readings.
    /// </summary>
    public static readonly IReadOnlyList<ChartRange> All =
    [
        Quarter,
        Hour,
        new("6h", TimeSpan.FromHours(6), 360),
        new("24h", TimeSpan.FromHours(24), 288),
        new("7d", TimeSpan.FromDays(7), 336),
        new("30d", TimeSpan.FromDays(30), 360),
        new("1y", TimeSpan.FromDays(365), 365),
    ];

    public string Label => $"{Name[..^1]} {Name[^1]}";

    public static ChartRange? Find(string? name) => All.FirstOrDefault(range => range.Name == name);
}
