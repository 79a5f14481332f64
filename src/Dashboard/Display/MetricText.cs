using System.Globalization;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Display;

/// <summary>
/// A value with the unit that the metric's own name ends in. No other unit is guessed: a wrong one would be believed.
/// </summary>
/// <param name="Text">The number, or the word.</param>
/// <param name="Unit">Null where the name tells none.</param>
public readonly record struct MetricText(string Text, string? Unit)
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    public static MetricText Of(MetricName metric, MetricValue value) =>
        value.Kind == MetricKind.Number ? Of(metric, value.Number) : new MetricText(value.ToString(), null);

    public static MetricText Of(MetricName metric, double value) => UnitOf(metric) switch
    {
        MetricUnit.Percent => new(Numbers.Value(Math.Round(value, 1)), "%"),
        MetricUnit.Bytes => Scaled(value, ""),
        MetricUnit.BytesPerSecond => Scaled(value, "/s"),
        MetricUnit.Seconds when value >= 120 => new(Numbers.Span(TimeSpan.FromSeconds(Math.Min(value, 1e9))), null),
        MetricUnit.Seconds => new(Numbers.Value(value), "s"),
        _ => new(Numbers.Value(value), null),
    };

    public static bool IsPercent(MetricName metric) => UnitOf(metric) == MetricUnit.Percent;

    /// <summary>As a suffix of a number that is not scaled: <c> %</c>, or nothing.</summary>
    public static string Suffix(MetricName metric) => UnitOf(metric) switch
    {
        MetricUnit.Percent => " %",
        MetricUnit.Bytes => " B",
        MetricUnit.BytesPerSecond => " B/s",
        MetricUnit.Seconds => " s",
        _ => "",
    };

    public override string ToString() => Unit is null ? Text : $"{Text} {Unit}";

    private static MetricText Scaled(double bytes, string per)
    {
        var power = 0;
        while (Math.Abs(bytes) >= 1024 && power < ByteUnits.Length - 1)
        {
            bytes /= 1024;
            power++;
        }

        return new(bytes.ToString(power == 0 ? "0" : "0.0", CultureInfo.InvariantCulture), ByteUnits[power] + per);
    }

    // Devices write cpu-percent, cpu_percent and cpuPercent alike.
    private static MetricUnit UnitOf(MetricName metric)
    {
        var name = metric.Value.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return name switch
        {
            _ when EndsIn("percent") => MetricUnit.Percent,
            _ when EndsIn("bytespersecond") => MetricUnit.BytesPerSecond,
            _ when EndsIn("bytes") => MetricUnit.Bytes,
            _ when EndsIn("seconds") && !EndsIn("milliseconds") => MetricUnit.Seconds,
            _ => MetricUnit.None,
        };

        bool EndsIn(string word) => name.EndsWith(word, StringComparison.OrdinalIgnoreCase);
    }

    private enum MetricUnit
    {
        None,
        Percent,
        Bytes,
        BytesPerSecond,
        Seconds,
    }
}
