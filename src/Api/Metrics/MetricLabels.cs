using System.Globalization;
using System.Text;

namespace OrleansIot.Api.Metrics;

/// <summary>Labels as Prometheus writes them, in order of name, so that the same labels are the same text.</summary>
internal static class MetricLabels
{
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Of two tags whose names become the same, the later counts: a label twice is no series at all.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
            labels[PrometheusName.Label(key)] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(name).Append("=\"");
            foreach (var c in value)
                text.Append(Escaped(c));

            text.Append('"');
        }

        return text.ToString();
    }

    private static string Escaped(char c) => c switch
    {
        '\\' => "\\\\",
        '"' => "\\\"",
        '\n' => "\\n",
        _ => c.ToString(),
    };
}
