using System.Collections.Immutable;
using OrleansIot.Application.History.Ports;

namespace OrleansIot.Application.History.Rollups;

/// <summary>Chooses, of many points, the few that draw the same line. First and last are among them.</summary>
public static class Downsampling
{
    /// <summary>
    /// Largest triangle, three buckets (S. Steinarsson, <i>Downsampling Time Series for Visual Representation</i>, 2013, §4.2): of each
    /// bucket the point that spans the largest triangle with the one chosen before it and the mean of the next bucket.
    /// </summary>
    /// <param name="points">By time. Of roll-ups, their means are the line.</param>
    public static ImmutableArray<SeriesPoint> Lttb(ImmutableArray<SeriesPoint> points, int most)
    {
        if (points.Length <= most)
            return points;

        var chosen = ImmutableArray.CreateBuilder<SeriesPoint>(most);
        chosen.Add(points[0]);
        var last = points[0];
        for (var bucket = 0; bucket < most - 2; bucket++)
        {
            var (start, end) = (StartOf(bucket, points.Length, most - 2), StartOf(bucket + 1, points.Length, most - 2));
            var (time, value) = MeanOf(points.AsSpan(end, Math.Max(end + 1, StartOf(bucket + 2, points.Length, most - 2)) - end), last.At.UnixMilliseconds);
            last = Largest(points.AsSpan(start, end - start), last, time, value);
            chosen.Add(last);
        }

        chosen.Add(points[^1]);
        return chosen.DrainToImmutable();
    }

    /// <summary>The least and the greatest of each of as many stretches as there may be pairs.</summary>
    /// <param name="points">By time.</param>
    public static ImmutableArray<SeriesPoint> MinMax(ImmutableArray<SeriesPoint> points, int most)
    {
        if (points.Length <= most)
            return points;

        var chosen = ImmutableArray.CreateBuilder<SeriesPoint>(most);
        chosen.Add(points[0]);
        var stretches = (most - 2) / 2;
        for (var stretch = 0; stretch < stretches; stretch++)
        {
            var (start, end) = (StartOf(stretch, points.Length, stretches), StartOf(stretch + 1, points.Length, stretches));
            var (least, greatest) = (start, start);
            for (var i = start + 1; i < end; i++)
            {
                least = points[i].Min < points[least].Min ? i : least;
                greatest = points[i].Max > points[greatest].Max ? i : greatest;
            }

            chosen.Add(points[Math.Min(least, greatest)]);
            if (least != greatest)
                chosen.Add(points[Math.Max(least, greatest)]);
        }

        chosen.Add(points[^1]);
        return chosen.DrainToImmutable();
    }

    // Of all but the first and the last point, as evenly as it goes.
    private static int StartOf(int bucket, int points, int buckets) => 1 + (int)Math.Min((long)bucket * (points - 2) / buckets, points - 2);

    // Times as differences: their product with a value would lose its last digits otherwise.
    private static (double Time, double Value) MeanOf(ReadOnlySpan<SeriesPoint> points, long origin)
    {
        var (time, value) = (0.0, 0.0);
        foreach (var point in points)
        {
            time += point.At.UnixMilliseconds - origin;
            value += point.Mean;
        }

        return (time / points.Length, value / points.Length);
    }

    private static SeriesPoint Largest(ReadOnlySpan<SeriesPoint> points, SeriesPoint last, double time, double value)
    {
        var (best, largest) = (points[0], -1.0);
        foreach (var point in points)
        {
            double since = point.At.UnixMilliseconds - last.At.UnixMilliseconds;
            var area = Math.Abs((time * (point.Mean - last.Mean)) - (since * (value - last.Mean)));
            if (area > largest)
                (best, largest) = (point, area);
        }

        return best;
    }
}
