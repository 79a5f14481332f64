using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Tests.Telemetry;

public sealed class RecentMessagesTests
{
    private static readonly Arbitrary<int> Counts = Gen.Choose(0, 600).ToArbitrary();

    [Fact]
    public void It_remembers_at_least_the_last_128_and_forgets_before_long() => Prop.ForAll(Counts, count =>
    {
        var window = RecentMessages.Of(Numbered(count));

        Assert.All(Numbered(count).TakeLast(RecentMessages.Remembered), key => Assert.True(window.Contains(key)));
        Assert.All(Numbered(count).SkipLast(2 * RecentMessages.Remembered), key => Assert.False(window.Contains(key)));
        Assert.DoesNotContain(new MessageKey(1_000_000), window.Keys);
        Assert.False(window.Contains(new MessageKey(1_000_000)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_are_remembered_than_a_connection_may_have_unacknowledged() => Assert.True(RecentMessages.Remembered >= 100);

    [Fact]
    public void Its_keys_oldest_first_make_it_again() => Prop.ForAll(Counts, count =>
    {
        var window = RecentMessages.Of(Numbered(count));
        var again = RecentMessages.Of(window.Keys);

        Assert.Equal(window, again);
        Assert.Equal(window.GetHashCode(), again.GetHashCode());
        Assert.Equal(Numbered(count).TakeLast(window.Keys.Count()), window.Keys);
        // Nor do they part later: what is stored and what is believed forget the same keys.
        Assert.Equal(Numbered(count + 200).Skip(count).Aggregate(window, (w, key) => w.Add(key)), Numbered(count + 200).Skip(count).Aggregate(again, (w, key) => w.Add(key)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_given_out_does_not_change()
    {
        var before = RecentMessages.None.Add(new MessageKey(1));
        before.Add(new MessageKey(2));

        Assert.Equal([new MessageKey(1)], before.Keys);
        Assert.Empty(RecentMessages.None.Keys);
    }

    [Fact]
    public void Of_two_that_went_on_from_one_each_has_its_own() => Prop.ForAll(Counts, count =>
    {
        var before = RecentMessages.Of(Numbered(count));
        var left = before.Add(new MessageKey(10_001)).Add(new MessageKey(10_002));
        var right = before.Add(new MessageKey(20_001)).Add(new MessageKey(20_002));

        Assert.Equal([new MessageKey(10_001), new MessageKey(10_002)], left.Keys.TakeLast(2));
        Assert.Equal([new MessageKey(20_001), new MessageKey(20_002)], right.Keys.TakeLast(2));
        Assert.False(left.Contains(new MessageKey(20_001)));
        Assert.False(right.Contains(new MessageKey(10_002)));
        Assert.Equal(RecentMessages.Of(Numbered(count)), before);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Windows_of_other_keys_differ() =>
        Assert.NotEqual(RecentMessages.None.Add(new MessageKey(1)), RecentMessages.None.Add(new MessageKey(2)));

    private static IEnumerable<MessageKey> Numbered(int count) => Enumerable.Range(1, count).Select(i => new MessageKey((ulong)i));
}
