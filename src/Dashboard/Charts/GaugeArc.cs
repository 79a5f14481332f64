using System.Globalization;

namespace OrleansIot.Dashboard.Charts;

/// <summary>Three quarters of a circle, open at the bottom, from 0 to 100.</summary>
internal static class GaugeArc
{
    public const string Path = "M22.5 87.5A46 46 0 1 1 87.5 87.5"; // centre 55 55, radius 46, from 225 to 315 degrees

    private const double Centre = 55;
    private const double Sweep = 270;
    private const double Start = 225;

    public static string Dash(double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(percent, 0, 100):0.#} 200");

    /// <summary>A short line across the arc.</summary>
    public static (string X1, string Y1, string X2, string Y2) Limit(double percent)
    {
        var angle = (Start - (Math.Clamp(percent, 0, 100) / 100 * Sweep)) * Math.PI / 180;
        return (X(39), Y(39), X(53), Y(53));

        string X(double radius) => (Centre + (radius * Math.Cos(angle))).ToString("0.#", CultureInfo.InvariantCulture);
        string Y(double radius) => (Centre - (radius * Math.Sin(angle))).ToString("0.#", CultureInfo.InvariantCulture);
    }
}
