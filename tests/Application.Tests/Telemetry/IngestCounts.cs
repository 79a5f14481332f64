using OrleansIot.Application.Telemetry;
using OrleansIot.Domain;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Telemetry;

public sealed class IngestCounts
{
    [Fact]
    public void Readings_are_counted_second_by_second()
    {
        var time = new ManualTime();
        using var statistics = new IngestStatistics(time);
        foreach (var count in new[] { 3, 0, 5 })
        {
            for (var i = 0; i < count; i++)
                statistics.Recorded(time.GetTimestamp());

            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([3, 0, 5], statistics.ReadingsPerSecond);
    }

    [Fact]
    public void The_99th_percentile_is_within_a_fifth_and_forgets_after_ten_seconds()
    {
        var time = new ManualTime();
        using var statistics = new IngestStatistics(time);
        Assert.Null(statistics.ReceiveToCommitP99);

        for (var i = 0; i < 100; i++)
        {
            var received = time.GetTimestamp() - TimeSpan.FromMilliseconds(i < 98 ? 1 : 8).Ticks;
            statistics.Recorded(received);
        }

        Assert.InRange(statistics.ReceiveToCommitP99!.Value.TotalMilliseconds, 8, 10);
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(statistics.ReceiveToCommitP99);
    }

    [Fact]
    public void The_last_refusals_are_kept_for_a_look()
    {
        var time = new ManualTime();
        using var statistics = new IngestStatistics(time);
        for (var i = 0; i < 250; i++)
            statistics.Refused(new RefusedMessage($"d{i}", "reading.invalid-json", "", new RawMessage("t", default), Instant.From(time.GetUtcNow())));

        Assert.Equal(200, statistics.RecentRefusals.Length);
        Assert.Equal("d249", statistics.RecentRefusals[^1].Device);
    }
}
