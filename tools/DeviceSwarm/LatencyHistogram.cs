using System.Numerics;

namespace OrleansIot.DeviceSwarm;

/// <summary>Counts durations in fixed buckets, 32 to an octave: within 3 %, no allocation, owned by one connection.</summary>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 5;
    private const int SubBuckets = 1 << SubBucketBits;

    // By ticks of 100 ns, up to 2^36 of them: almost two hours.
    private readonly long[] _counts = new long[(37 - SubBucketBits) * SubBuckets];
    private long _max;

    public void Add(TimeSpan latency)
    {
        var ticks = Math.Max(latency.Ticks, 0);
        _max = Math.Max(_max, ticks);
        _counts[Math.Min(Bucket(ticks), _counts.Length - 1)]++;
    }

    public void Add(LatencyHistogram other)
    {
        _max = Math.Max(_max, other._max);
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    public SwarmLatency? Summary() =>
        _counts.Sum() is > 0 and var total
            ? new(Percentile(total, 0.5), Percentile(total, 0.9), Percentile(total, 0.99), TimeSpan.FromTicks(_max))
            : null;

    private TimeSpan Percentile(long total, double quantile)
    {
        var rank = (long)Math.Ceiling(total * quantile);
        var bucket = 0;
        while ((rank -= _counts[bucket]) > 0)
            bucket++;

        return TimeSpan.FromTicks(Math.Min(UpperEdge(bucket), _max));
    }

    private static int Bucket(long value)
    {
        if (value < SubBuckets)
            return (int)value;

        var shift = BitOperations.Log2((ulong)value) - SubBucketBits;
        return ((shift + 1) << SubBucketBits) + (int)(value >> shift) - SubBuckets;
    }

    private static long UpperEdge(int bucket)
    {
        if (bucket < SubBuckets)
            return bucket;

        var shift = (bucket >> SubBucketBits) - 1;
        return ((SubBuckets + (long)(bucket & (SubBuckets - 1)) + 1) << shift) - 1;
    }
}
