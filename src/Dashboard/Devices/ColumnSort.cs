namespace OrleansIot.Dashboard.Devices;

/// <summary>What a click on a column's heading does: its own order, then the opposite, then none.</summary>
internal static class ColumnSort
{
    /// <param name="first">The column's own order; with <c>-</c> where the greatest is looked for first.</param>
    public static string? Next(string first, string? current) => current == first ? Opposite(first) : current == Opposite(first) ? null : first;

    /// <summary>For <c>aria-sort</c>; null where another column orders.</summary>
    public static string? Spoken(string first, string? current) =>
        current is null || (current != first && current != Opposite(first)) ? null : current.StartsWith('-') ? "descending" : "ascending";

    private static string Opposite(string sort) => sort.StartsWith('-') ? sort[1..] : $"-{sort}";
}
