namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>A page stays calm however much a device reports: the first few metrics stand there, and what is in alert in any case.</summary>
public static class MetricFold
{
    /// <summary>Two rows of tiles.</summary>
    public const int Numbers = 12;

    /// <summary>One line.</summary>
    public const int Facts = 6;

    /// <summary>Three rows of two; device.css leaves out the rest.</summary>
    public const int OnPhone = 6;

    public static IEnumerable<MetricTile> Shown(IEnumerable<MetricTile> tiles, int few) =>
        tiles.Where((tile, index) => index < few || tile.Severity is not null);

    public static bool HidesOnPhone(IReadOnlyList<MetricTile> tiles) => tiles.Count(tile => tile.IsNumber) > OnPhone;

    public static bool HidesAny(IReadOnlyList<MetricTile> tiles)
    {
        var numbers = tiles.Count(tile => tile.IsNumber);
        return numbers > Numbers || tiles.Count - numbers > Facts;
    }
}
