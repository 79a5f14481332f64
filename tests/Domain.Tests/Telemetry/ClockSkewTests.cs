using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Tests.Telemetry;

public sealed class ClockSkewTests
{
    [Fact]
    public void The_quickest_reading_tells_it()
    {
        // Ten seconds ahead, and under way for 40, 5 and 900 ms.
        var skew = After((0, 9_960), (1_000, 9_995), (2_000, 9_100));

        Assert.Equal(9_995, skew?.Milliseconds);
    }

    [Fact]
    public void A_clock_that_is_behind_is_below_zero() => Assert.Equal(-30_020, After((0, -30_500), (1_000, -30_020))?.Milliseconds);

    [Fact]
    public void A_backlog_of_hours_does_not_move_it() => Assert.Equal(-3, After((0, -3), (10, -7_200_000), (20, -7_199_000), (30, -5))?.Milliseconds);

    [Fact]
    public void Readings_without_a_time_of_their_own_say_nothing()
    {
        Assert.Null(After((0, 0), (10, 0)));
        Assert.Equal(-500, After((0, -500), (10, 0))?.Milliseconds);
    }

    [Fact]
    public void A_clock_that_was_set_shows_after_two_windows_at_most()
    {
        var minute = 60_000;
        var life = Enumerable.Range(0, 50).Select(i => ((long)i * minute, i < 20 ? 5_000L : -10)).ToArray();

        Assert.Equal(5_000, After(life[..21])?.Milliseconds);
        Assert.Equal(-10, After(life[..42])?.Milliseconds);
    }

    [Fact]
    public void After_a_long_silence_the_next_reading_counts_alone() => Assert.Equal(-20, After((0, 5_000), (10_000_000, -20))?.Milliseconds);

    private static ClockSkew? After(params (long ReceivedAt, long Ahead)[] readings) => readings.Aggregate(
        (ClockSkew?)null,
        (skew, reading) => ClockSkew.After(skew, new Reading(
            new Instant(1_700_000_000_000 + reading.ReceivedAt + reading.Ahead),
            new Instant(1_700_000_000_000 + reading.ReceivedAt),
            [new Metric(MetricName.Parse("t"), MetricValue.Of(1))])));
}
