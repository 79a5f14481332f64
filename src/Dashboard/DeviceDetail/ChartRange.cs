namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>How far back the chart looks, and into how many buckets that is divided.</summary>
public sealed record ChartRange(string Name, TimeSpan Span, int Buckets)
{
    public static readonly ChartRange Quarter = new("15m", TimeSpan.FromMinutes(15), 180);
    public static readonly ChartRange Hour = new("1h", TimeSpan.FromHours(1), 240);

    /// <summary>
    /// Buckets of 5 s, 15 s, 1, 5 and 30 min, 2 h and a day: what about a thousand pixels can show, and whole units of the roll-ups that
    /// answer for them.
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
