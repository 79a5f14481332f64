namespace OrleansIot.DeviceSwarm.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentiles_are_within_three_percent()
    {
        var histogram = new LatencyHistogram();
        for (var microseconds = 1; microseconds <= 100_000; microseconds++)
            histogram.Add(TimeSpan.FromMicroseconds(microseconds));

        var latency = histogram.Summary()!;

        Assert.InRange(latency.P50.TotalMilliseconds, 50, 51.6);
        Assert.InRange(latency.P90.TotalMilliseconds, 90, 92.8);
        Assert.InRange(latency.P99.TotalMilliseconds, 99, 100);
        Assert.Equal(100, latency.Max.TotalMilliseconds);
    }

    [Fact]
    public void Histograms_add_up()
    {
        var (fast, slow) = (new LatencyHistogram(), new LatencyHistogram());
        fast.Add(TimeSpan.FromMilliseconds(1));
        slow.Add(TimeSpan.FromHours(3));
        fast.Add(slow);

        Assert.InRange(fast.Summary()!.P50.TotalMilliseconds, 1, 1.04);
        Assert.Equal(TimeSpan.FromHours(3), fast.Summary()!.Max);
    }

    [Fact]
    public void Nothing_measured_is_no_latency() => Assert.Null(new LatencyHistogram().Summary());
}
