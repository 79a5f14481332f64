using System.Globalization;
using System.Text;

namespace OrleansIot.Dashboard.Charts;

/// <summary>The line of a sparkline, in a box of <see cref="Width"/> by <see cref="Height"/>.</summary>
internal static class SparkPath
{
    public const int Width = 120;
    public const int Height = 24;

    /// <summary>Empty with fewer than two values. Values that do not change are a line in the middle.</summary>
    public static string Of(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
            return "";

        var low = values.Min();
        var high = values.Max();
        var scale = high > low ? (Height - 2) / (high - low) : 0;
        var path = new StringBuilder(values.Count * 9);
        for (var i = 0; i < values.Count; i++)
        {
            var x = (double)i / (values.Count - 1) * Width;
            var y = scale > 0 ? Height - 1 - ((values[i] - low) * scale) : Height / 2d;
            path.Append(i == 0 ? 'M' : 'L').Append(CultureInfo.InvariantCulture, $"{x:0.#} {y:0.#}");
        }

        return path.ToString();
    }
}
