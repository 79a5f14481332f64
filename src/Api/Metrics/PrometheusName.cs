using System.Text;

namespace OrleansIot.Api.Metrics;

/// <summary>Names as Prometheus wants them: the base unit in the name, and <c>_total</c> at the end of a counter's.</summary>
internal static class PrometheusName
{
    public static string Of(string instrument, string? unit, PrometheusType type)
    {
        var name = Safe(instrument);
        if (UnitSuffix(unit) is { } suffix && !name.EndsWith(suffix, StringComparison.Ordinal))
            name += suffix;

        // Kept for the parts of a histogram.
        foreach (var reserved in (ReadOnlySpan<string>)["_count", "_sum", "_bucket"])
        {
            if (name.EndsWith(reserved, StringComparison.Ordinal))
                name = name[..^reserved.Length];
        }

        if (name.EndsWith("_total", StringComparison.Ordinal))
            name = name[..^"_total".Length];

        return type == PrometheusType.Counter ? name + "_total" : name;
    }

    public static string Label(string key) => Safe(key);

    private static string? UnitSuffix(string? unit) => unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        "1" => "_ratio",
        _ => null,
    };

    private static string Safe(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (var c in name)
            safe.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');

        return char.IsAsciiDigit(safe[0]) ? "_" + safe : safe.ToString();
    }
}
