using System.Collections.Immutable;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Ports;

/// <summary>
/// Every reading kept for its retention, by the device's own time; and roll-ups of a minute, a quarter of an hour, an hour and a day.
/// A reading is here as soon as its append has committed.
/// </summary>
public interface IReadingHistory
{
    /// <exception cref="SeriesTooLongException">A resolution was asked for that has too many points over the range.</exception>
    ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation);

    /// <summary>The readings themselves, by time; the newest of the range when there are more than <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation);

    /// <summary>
    /// The oldest of the range when there are more than <paramref name="limit"/>, and then all of the last one's moment: who goes on a
    /// millisecond behind it misses none and has none twice.
    /// </summary>
    ValueTask<IReadOnlyList<Reading>> Oldest(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation);

    /// <summary>Drops what is older than that. It is out of sight at once.</summary>
    ValueTask Expire(KeptSince kept, CancellationToken cancellation);

    /// <summary>Drops readings before <paramref name="readingsBefore"/> and roll-ups before <paramref name="rollupsBefore"/>.</summary>
    ValueTask Expire(Instant readingsBefore, Instant rollupsBefore, CancellationToken cancellation) =>
        Expire(KeptSince.Of(readingsBefore, rollupsBefore), cancellation);
}

/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Points">The most points to answer with, 1 to 5,000 (4 at least of another shape than buckets). Buckets are of equal width
/// and start at <paramref name="From"/>; an empty bucket is left out. Where roll-ups answer, range and width are widened to whole
/// units of them, so that every value counts in exactly one bucket.</param>
/// <param name="Resolution">What to answer from; null for what fits (see <see cref="Rollups.SeriesPlan"/>).</param>
public sealed record SeriesQuery(
    DeviceId Device, MetricName Metric, Instant From, Instant To, int Points, HistoryResolution? Resolution = null, SeriesShape Shape = SeriesShape.Buckets);

/// <param name="Resolution">Width of a bucket; of another shape, of the units that points were chosen from (zero: readings).</param>
/// <param name="Source">What it was answered from.</param>
public sealed record Series(ImmutableArray<SeriesPoint> Points, TimeSpan Resolution, HistoryResolution Source = HistoryResolution.Raw);

/// <param name="At">Start of the bucket.</param>
/// <param name="Mean">Of all values in the bucket, each counting alike.</param>
public readonly record struct SeriesPoint(Instant At, double Min, double Mean, double Max, long Count);
