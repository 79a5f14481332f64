using System.Collections.Concurrent;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Twins.Encoding;

/// <summary>One <see cref="MetricName"/> per name that is read back often: a fleet has few, and each is in every reading.</summary>
public static class KnownMetricNames
{
    // Far more than a fleet has; a device that invents names costs no memory beyond.
    private const int Kept = 10_000;

    private static readonly ConcurrentDictionary<string, MetricName> Names = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, MetricName>.AlternateLookup<ReadOnlySpan<char>> ByText = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    public static MetricName Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MetricName.MaxLength * 3)
            throw new InvalidDataException("A stored metric name is too long to be one.");

        Span<char> text = stackalloc char[MetricName.MaxLength * 3];
        text = text[..System.Text.Encoding.UTF8.GetChars(utf8, text)];
        if (ByText.TryGetValue(text, out var known))
            return known;

        var name = MetricName.Parse(text.ToString());
        if (Names.Count < Kept)
            Names.TryAdd(name.Value, name);

        return name;
    }
}
