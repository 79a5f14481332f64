using System.Collections.Immutable;
using System.IO.Enumeration;
using OrleansIot.Domain;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History;

/// <summary>
/// From when on history is shown, for each metric and resolution. The first entry whose pattern matches a metric counts for it; the last
/// matches all.
/// </summary>
public sealed class KeptSince
{
    public const string AllMetrics = "*";

    private const int Resolutions = (int)HistoryResolution.Day + 1;

    public static readonly KeptSince Ever = new([new Entry(AllMetrics, [.. Enumerable.Repeat(Instant.MinValue, Resolutions)])]);

    private readonly ImmutableArray<Entry> _entries;

    /// <param name="entries">The last for <see cref="AllMetrics"/>.</param>
    public KeptSince(ImmutableArray<Entry> entries) => _entries = entries;

    public ImmutableArray<Entry> Entries => _entries;

    /// <summary>Whether all metrics are kept alike.</summary>
    public bool IsUniform => _entries.Length == 1;

    /// <summary>That of metrics that no other pattern matches.</summary>
    public Entry Default => _entries[^1];

    /// <summary>The same for all metrics, and for all roll-ups.</summary>
    public static KeptSince Of(Instant readings, Instant rollups) =>
        new([new Entry(AllMetrics, [readings, .. Enumerable.Repeat(rollups, Resolutions - 1)])]);

    /// <summary>What is before has expired.</summary>
    public Instant Of(MetricName metric, HistoryResolution resolution)
    {
        foreach (var entry in _entries)
        {
            if (entry.Matches(metric))
                return entry.Of(resolution);
        }

        return Default.Of(resolution);
    }

    /// <summary>What is before has expired for every metric, and can go.</summary>
    public Instant OfAny(HistoryResolution resolution) => _entries.Select(entry => entry.Of(resolution)).Min();

    /// <summary>The marks after a newer set of them: none goes back, and patterns that are no more are forgotten.</summary>
    public KeptSince Raise(KeptSince newer) => new([.. newer._entries.Select(Raised)]);

    private Entry Raised(Entry newer)
    {
        foreach (var entry in _entries)
        {
            if (entry.Metrics == newer.Metrics)
                return newer with { Since = [.. newer.Since.Zip(entry.Since, (one, other) => one > other ? one : other)] };
        }

        return newer;
    }

    /// <param name="Metrics">A name, or a pattern with <c>*</c> for any text.</param>
    /// <param name="Since">By <see cref="HistoryResolution"/>.</param>
    public sealed record Entry(string Metrics, ImmutableArray<Instant> Since)
    {
        public Instant Of(HistoryResolution resolution) => Since[(int)resolution];

        public bool Matches(MetricName metric) => Metrics == AllMetrics || FileSystemName.MatchesSimpleExpression(Metrics, metric.Value, ignoreCase: false);
    }
}
