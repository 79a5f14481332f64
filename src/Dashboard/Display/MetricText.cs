using System.Globalization;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Display;

/// <summary>
/// A value with the unit that its device's type states, else the one that the metric's own name ends in. No other unit is guessed:
/// a wrong one would be believed.
/// </summary>
/// <param name="Text">The number, or the word.</param>
/// <param name="Unit">Null where the name tells none.</param>
public readonly record struct MetricText(string Text, string? Unit)
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <param name="unit">As the device's type states it; null where it does not.</param>
    public static MetricText Of(MetricName metric, MetricValue value, string? unit = null) =>
        value.Kind == MetricKind.Number ? Of(metric, value.Number, unit) : new MetricText(value.ToString(), null);

    public static MetricText Of(MetricName metric, double value, string? unit = null) => UnitOf(metric, unit) switch
    {
        MetricUnit.Stated => new(Numbers.Value(value), Written(unit!)),
        MetricUnit.Percent => new(Numbers.Value(Math.Round(value, 1)), "%"),
        MetricUnit.Bytes => Scaled(value, ""),
        MetricUnit.BytesPerSecond => Scaled(value, "/s"),
        MetricUnit.Seconds when value >= 120 => new(Numbers.Span(TimeSpan.FromSeconds(Math.Min(value, 1e9))), null),
        MetricUnit.Seconds => new(Numbers.Value(value), "s"),
        _ => new(Numbers.Value(value), null),
    };

    // Asked for each metric of each row: no copies.
    public static bool IsPercent(MetricName metric) => metric.Value.EndsWith("percent", StringComparison.OrdinalIgnoreCase);

    /// <summary>One unit for a whole chart: values are divided by <c>Divisor</c> and followed by <c>Suffix</c>.</summary>
    /// <param name="size">The greatest value in the chart.</param>
    public static (double Divisor, string Suffix) Scale(MetricName metric, double size, string? stated = null)
    {
        var unit = UnitOf(metric, stated);
        if (unit is MetricUnit.Bytes or MetricUnit.BytesPerSecond)
        {
            var power = PowerOf(size);
            return (Math.Pow(1024, power), $" {ByteUnits[power]}{(unit == MetricUnit.Bytes ? "" : "/s")}");
        }

        return unit switch
        {
            MetricUnit.Stated => (1, $" {Written(stated!)}"),
            MetricUnit.Percent => (1, " %"),
            MetricUnit.Seconds => size switch
            {
                >= 2 * 86_400 => (86_400, " d"),
                >= 2 * 3_600 => (3_600, " h"),
                >= 120 => (60, " min"),
                _ => (1, " s"),
            },
            _ => (1, ""),
        };
    }

    /// <summary>A unit as people write it.</summary>
    public static string Written(string unit) => unit switch
    {
        "C" => "°C",
        "F" => "°F",
        "m3/h" => "m³/h",
        _ => unit,
    };

    public override string ToString() => Unit is null ? Text : $"{Text} {Unit}";

    private static MetricText Scaled(double bytes, string per)
    {
        var power = PowerOf(bytes);
        return new((bytes / Math.Pow(1024, power)).ToString(power == 0 ? "0" : "0.0", CultureInfo.InvariantCulture), ByteUnits[power] + per);
    }

    private static int PowerOf(double bytes)
    {
        var power = 0;
        for (var size = Math.Abs(bytes); size >= 1024 && power < ByteUnits.Length - 1; size /= 1024)
            power++;

        return power;
    }

    private static MetricUnit UnitOf(MetricName metric, string? stated) => stated switch
    {
        null or "" => UnitOf(metric),
        "%" => MetricUnit.Percent,
        "B" => MetricUnit.Bytes,
        "s" => MetricUnit.Seconds,
        _ => MetricUnit.Stated,
    };

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
        Stated,
    }
}
