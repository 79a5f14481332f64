using FsCheck;
using FsCheck.Fluent;

namespace OrleansIot.Domain.Tests;

public sealed class InstantTests
{
    // From the first day of year 1 to the last of 9999.
    private static readonly Arbitrary<Instant> Any = (
        from day in Gen.Choose(-719_162, 2_932_896)
        from millisecond in Gen.Choose(0, 86_399_999)
        select new Instant((day * 86_400_000L) + millisecond)).ToArbitrary();

    [Fact]
    public void It_reaches_from_year_1_to_9999() =>
        Assert.Equal(("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"), (Instant.MinValue.ToString(), Instant.MaxValue.ToString()));

    [Fact]
    public void It_is_read_as_ISO_8601_with_milliseconds() => Assert.Equal("2023-11-14T22:13:20.007Z", new Instant(1_700_000_000_007).ToString());

    [Fact]
    public void What_is_finer_than_a_millisecond_is_left_out()
    {
        var time = new DateTimeOffset(2026, 11, 21, 9, 48, 0, TimeSpan.Zero);

        Assert.Equal(Instant.From(time), Instant.From(time.AddTicks(9_999)));
        Assert.NotEqual(Instant.From(time), Instant.From(time.AddTicks(10_000)));
    }

    [Fact]
    public void The_same_moment_in_another_time_zone_is_the_same() =>
        Assert.Equal(
            Instant.From(new DateTimeOffset(2026, 11, 21, 9, 48, 0, TimeSpan.Zero)),
            Instant.From(new DateTimeOffset(2026, 11, 21, 11, 48, 0, TimeSpan.FromHours(2))));

    [Fact]
    public void Any_instant_reads_back_from_a_time_and_from_its_text() => Prop.ForAll(Any, instant =>
    {
        Assert.Equal(instant, Instant.From(instant.ToDateTimeOffset()));
        Assert.Equal(instant, Instant.From(DateTimeOffset.Parse(instant.ToString())));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Adding_a_span_and_taking_it_away_comes_back() => Prop.ForAll(Any, Gen.Choose(-1_000_000, 1_000_000).ToArbitrary(), (instant, milliseconds) =>
    {
        var span = TimeSpan.FromMilliseconds(milliseconds);
        Assert.Equal(instant, instant + span - span);
        Assert.Equal(span, instant + span - instant);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_is_that_of_time() => Prop.ForAll(Any, Any, (one, other) =>
    {
        Assert.Equal(one.ToDateTimeOffset().CompareTo(other.ToDateTimeOffset()), one.CompareTo(other));
        Assert.Equal((one.CompareTo(other) < 0, one.CompareTo(other) > 0), (one < other, one > other));
        Assert.Equal((one.CompareTo(other) <= 0, one.CompareTo(other) >= 0), (one <= other, one >= other));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Seconds_beyond_all_time_are_refused() => Assert.Throws<OverflowException>(() => Instant.FromUnixSeconds(long.MaxValue));

    [Fact]
    public void Seconds_count_from_1970() => Assert.Equal("1970-01-01T00:01:00.000Z", Instant.FromUnixSeconds(60).ToString());
}
