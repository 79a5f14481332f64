namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>How far back the chart looks, and into how many buckets that is divided.</summary>
public sealed record ChartRange(string Name, TimeSpan Span, int Buckets)
{
    public static readonly ChartRange Quarter = new("15m", TimeSpan.FromMinutes(15), 180);
    public static readonly ChartRange Hour = new("1h", TimeSpan.FromHours(1), 240);

    /// <summary>Buckets of 5 s, 15 s and 5 min: what about a thousand pixels can show.</summary>
    public static readonly IReadOnlyList<ChartRange> All =
    [
        Quarter,
        Hour,
        new("24h", TimeSpan.FromHours(24), 288),
    ];

    public string Label => $"{Name[..^1]} {Name[^1]}";

    public static ChartRange? Find(string? name) => All.FirstOrDefault(range => range.Name == name);
}
