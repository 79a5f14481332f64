using System.Globalization;
using System.Text;

namespace OrleansIot.UnderLoad;

/// <summary>Medians side by side, and the ratio of the first system to each other one.</summary>
public static class LoadReport
{
    private static readonly (string Name, Func<Measurement, double> Value, string Format)[] Rows =
    [
        ("messages/s", m => m.MessagesPerSecond, "N0"),
        ("acknowledged/s", m => m.AcknowledgedPerSecond, "N0"),
        ("CPU µs/message", m => m.CpuPerMessage, "0.0"),
        ("p50 ms, flat out", m => m.P50, "0.00"),
        ("p99 ms, flat out", m => m.P99, "0.00"),
        ("p50 ms, half load", m => m.HalfLoadP50, "0.00"),
        ("p99 ms, half load", m => m.HalfLoadP99, "0.00"),
        ("resident MB", m => m.ResidentMegabytes, "0"),
        ("swarm CPU µs/message", m => m.SwarmCpuPerMessage, "0.0"),
    ];

    public static string Table(IReadOnlyList<Measurement> measurements)
    {
        var systems = measurements.GroupBy(measurement => measurement.System).ToList();
        var text = new StringBuilder().Append("| median of ").Append(systems[0].Count()).Append(" |");
        foreach (var system in systems)
            text.Append(' ').Append(system.Key).Append(" |");

        text.Insert(text.Length, " ratio |", systems.Count - 1).Append("\n|---|").Insert(text.Length, "---|", (2 * systems.Count) - 1).Append('\n');
        foreach (var (name, value, format) in Rows)
        {
            var medians = systems.Select(system => Median(system.Select(value))).ToArray();
            text.Append("| ").Append(name).Append(" |");
            foreach (var median in medians)
                text.Append(' ').Append(median.ToString(format, CultureInfo.InvariantCulture)).Append(" |");

            foreach (var theirs in medians[1..])
                text.Append(' ').Append((medians[0] / theirs).ToString("0.00", CultureInfo.InvariantCulture)).Append(" |");

            text.Append('\n');
        }

        return text.ToString();
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
