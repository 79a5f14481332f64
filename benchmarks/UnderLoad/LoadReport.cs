using System.Globalization;
using System.Text;

namespace OrleansIot.UnderLoad;

/// <summary>Medians side by side; between two systems also the ratio of the first to the second.</summary>
public static class LoadReport
{
    private static readonly (string Name, Func<Measurement, double> Value, string Format)[] Rows =
    [
        ("messages/s", m => m.MessagesPerSecond, "N0"),
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

        if (systems.Count == 2)
            text.Append(" ratio |");

        text.Append("\n|---|").Insert(text.Length, "---|", systems.Count + (systems.Count == 2 ? 1 : 0)).Append('\n');
        foreach (var (name, value, format) in Rows)
        {
            var medians = systems.Select(system => Median(system.Select(value))).ToArray();
            text.Append("| ").Append(name).Append(" |");
            foreach (var median in medians)
                text.Append(' ').Append(median.ToString(format, CultureInfo.InvariantCulture)).Append(" |");

            if (medians is [var ours, var theirs])
                text.Append(' ').Append((ours / theirs).ToString("0.00", CultureInfo.InvariantCulture)).Append(" |");

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
