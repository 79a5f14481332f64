using System.Collections.Immutable;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Ports;

/// <summary>
/// Every reading kept for its retention, by the device's own time; and one-minute roll-ups. A reading is here as soon as
/// its append has committed.
/// </summary>
public interface IReadingHistory
{
    ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation);

    /// <summary>The readings themselves, by time; the newest of the range when there are more than <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation);

    /// <summary>Drops readings before <paramref name="readingsBefore"/> and roll-ups before <paramref name="rollupsBefore"/>.</summary>
    ValueTask Expire(Instant readingsBefore, Instant rollupsBefore, CancellationToken cancellation);
}

/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Points">The most buckets to answer with, 1 to 5,000. Buckets are of equal width and start at <paramref name="From"/>;
/// an empty bucket is left out. Where they come out at a minute or more, or where the readings themselves have expired, roll-ups
/// answer: range and width are then widened to whole minutes, so that every value counts in exactly one bucket.</param>
public sealed record SeriesQuery(DeviceId Device, MetricName Metric, Instant From, Instant To, int Points);

/// <param name="Resolution">Width of a bucket.</param>
public sealed record Series(ImmutableArray<SeriesPoint> Points, TimeSpan Resolution);

/// <param name="At">Start of the bucket.</param>
/// <param name="Mean">Of all values in the bucket, each counting alike.</param>
public readonly record struct SeriesPoint(Instant At, double Min, double Mean, double Max, long Count);
