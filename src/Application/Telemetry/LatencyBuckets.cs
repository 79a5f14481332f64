using System.Numerics;

namespace OrleansIot.Application.Telemetry;

/// <summary>Counts of latencies in buckets that each are a quarter of a power of two of microseconds wide: within 19 %, without allocating.</summary>
internal sealed class LatencyBuckets
{
    private const int PerOctave = 4;

    private readonly long[] _counts = new long[40 * PerOctave];

    public void Add(TimeSpan latency) => Interlocked.Increment(ref _counts[Bucket((ulong)Math.Max(1, latency.TotalMicroseconds))]);

    public void Clear() => Array.Clear(_counts);

    /// <summary>Upper edge of the bucket in which the quantile of all the windows lies; null with no sample.</summary>
    public static TimeSpan? Percentile(IReadOnlyCollection<LatencyBuckets> windows, double quantile)
    {
        var total = windows.Sum(window => window._counts.Sum());
        if (total == 0)
            return null;

        var rank = (long)Math.Ceiling(total * quantile);
        for (var bucket = 0; ; bucket++)
        {
            rank -= windows.Sum(window => window._counts[bucket]);
            if (rank <= 0)
                return TimeSpan.FromMicroseconds(UpperEdge(bucket));
        }
    }

    private static int Bucket(ulong microseconds)
    {
        var octave = BitOperations.Log2(microseconds);
        var quarter = octave < 2 ? 0 : (int)(microseconds >> (octave - 2)) & (PerOctave - 1);
        return Math.Min((octave * PerOctave) + quarter, (40 * PerOctave) - 1);
    }

    private static double UpperEdge(int bucket) => Math.Pow(2, bucket / PerOctave) * (1 + ((bucket % PerOctave) + 1) / (double)PerOctave);
}
