using System.Globalization;
using System.Text;

namespace OrleansIot.Api.Metrics;

/// <summary>Writes metric families in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            text.Append($"# HELP {family.Name} {family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings(" ")}\n");
            text.Append($"# TYPE {family.Name} {WordOf(family.Type)}\n");
            foreach (var (labels, series) in family.Series)
            {
                if (family.Type == PrometheusType.Histogram)
                    WriteHistogram(text, family.Name, labels, series);
                else
                    WriteSample(text, family.Name, labels, series.Read().Value);
            }
        }

        return text.ToString();
    }

    private static void WriteHistogram(StringBuilder text, string name, string labels, MetricSeries series)
    {
        var (sum, buckets) = series.Read();
        var before = labels.Length == 0 ? "" : labels + ",";
        long below = 0;
        for (var i = 0; i < buckets.Length; i++)
        {
            below += buckets[i];
            var bound = i < series.Bounds.Length ? Number(series.Bounds[i]) : "+Inf";
            WriteSample(text, $"{name}_bucket", $"{before}le=\"{bound}\"", below);
        }

        WriteSample(text, $"{name}_sum", labels, sum);
        WriteSample(text, $"{name}_count", labels, below);
    }

    private static void WriteSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string WordOf(PrometheusType type) => type switch
    {
        PrometheusType.Counter => "counter",
        PrometheusType.Gauge => "gauge",
        _ => "histogram",
    };
}
