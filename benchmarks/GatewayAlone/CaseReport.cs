using System.Globalization;
using System.Text;

namespace OrleansIot.GatewayAlone;

/// <summary>Medians side by side, and the ratio of ours to theirs.</summary>
internal static class CaseReport
{
    private static readonly (string Name, Func<CaseMeasurement, double?> Value, string Format)[] Rows =
    [
        ("messages/s", m => m.MessagesPerSecond, "N0"),
        ("CPU µs/message", m => m.CpuPerMessage, "0.00"),
        ("CPU µs/message, equal load", m => m.EqualLoadCpuPerMessage > 0 ? m.EqualLoadCpuPerMessage : null, "0.00"),
        ("p50 ms, equal load", m => m.P50, "0.00"),
        ("p99 ms, equal load", m => m.P99, "0.00"),
        ("lost", m => m.Lost + m.EqualLoadLost, "N0"),
        ("resident MB", m => m.ResidentMegabytes, "0"),
    ];

    public static string Table(string load, IReadOnlyList<CaseMeasurement> measurements)
    {
        var ours = measurements.Where(m => m.System == GatewayUnderLoad.SystemName).ToList();
        var theirs = measurements.Where(m => m.System == MosquittoAlone.SystemName).ToList();
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"| {load} | {GatewayUnderLoad.SystemName} | {MosquittoAlone.SystemName} | ratio |\n|---|---|---|---|\n");
        foreach (var (name, value, format) in Rows)
        {
            var (our, their) = (Median(ours, value), Median(theirs, value));
            if (our is null && their is null)
                continue;

            var ratio = our is { } a && their is { } b and > 0 ? (a / b).ToString("0.00", CultureInfo.InvariantCulture) : "";
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {our?.ToString(format, CultureInfo.InvariantCulture)} | {their?.ToString(format, CultureInfo.InvariantCulture)} | {ratio} |\n");
        }

        return text.ToString();
    }

    private static double? Median(List<CaseMeasurement> measurements, Func<CaseMeasurement, double?> value)
    {
        double[] sorted = [.. measurements.Select(value).OfType<double>().Order()];
        return sorted.Length == 0 ? null : sorted[sorted.Length / 2];
    }
}
