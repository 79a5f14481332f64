namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>How far back the slider of time reaches, and in which steps.</summary>
public sealed record TravelRange(string Name, TimeSpan Span, TimeSpan Step)
{
    public static readonly TravelRange Day = new("24h", TimeSpan.FromHours(24), TimeSpan.FromMinutes(1));

    /// <summary>Some thousand steps each: more than a slider has pixels, and one of the keyboard is felt.</summary>
    public static readonly IReadOnlyList<TravelRange> All =
    [
        new("1h", TimeSpan.FromHours(1), TimeSpan.FromSeconds(5)),
        Day,
        new("7d", TimeSpan.FromDays(7), TimeSpan.FromMinutes(10)),
        new("30d", TimeSpan.FromDays(30), TimeSpan.FromMinutes(30)),
    ];

    public string Label => $"{Name[..^1]} {Name[^1]}";

    public int Steps => (int)(Span / Step);
}
