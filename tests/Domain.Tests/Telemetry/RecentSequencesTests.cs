using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Domain.Tests.Telemetry;

public sealed class RecentSequencesTests
{
    private static readonly Arbitrary<int[]> Numbers = Gen.Choose(0, 400).ListOf().Select(numbers => numbers.ToArray()).ToArbitrary();

    [Fact]
    public void A_number_is_known_when_it_was_seen_or_lies_further_back_than_the_window() => Prop.ForAll(Numbers, numbers =>
    {
        var (sequences, seen) = (RecentSequences.None, new HashSet<int>());
        foreach (var number in numbers)
        {
            var isKnown = seen.Count > 0 && (seen.Contains(number) || number <= seen.Max() - RecentSequences.Window);
            Assert.Equal(isKnown, sequences.Contains(Of("boot", number)));
            if (isKnown)
                continue;

            sequences = sequences.Add(Of("boot", number));
            seen.Add(number);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Far_more_are_known_than_keys_are_remembered()
    {
        var sequences = Enumerable.Range(0, 10_000).Aggregate(RecentSequences.None, (all, number) => all.Add(Of("boot", number)));

        Assert.All(Enumerable.Range(0, 10_000), number => Assert.True(sequences.Contains(Of("boot", number))));
        Assert.False(sequences.Contains(Of("boot", 10_000)));
    }

    [Fact]
    public void What_failed_behind_its_successors_is_new()
    {
        var sequences = Enumerable.Range(0, 100).Where(number => number != 3).Aggregate(RecentSequences.None, (all, number) => all.Add(Of("boot", number)));

        Assert.False(sequences.Contains(Of("boot", 3)));
        Assert.True(sequences.Add(Of("boot", 3)).Contains(Of("boot", 3)));
    }

    [Fact]
    public void Each_boot_counts_for_itself_and_the_oldest_is_forgotten()
    {
        var sequences = RecentSequences.None;
        for (var boot = 0; boot <= RecentSequences.Boots; boot++)
        {
            Assert.False(sequences.Contains(Of($"boot-{boot}", 5)));
            sequences = sequences.Add(Of($"boot-{boot}", 5));
        }

        Assert.False(sequences.Contains(Of("boot-0", 5)));
        Assert.All(Enumerable.Range(1, RecentSequences.Boots), boot => Assert.True(sequences.Contains(Of($"boot-{boot}", 5))));
    }

    [Fact]
    public void The_window_holds_more_than_a_connection_may_have_unacknowledged() => Assert.True(RecentSequences.Window >= 100);

    [Fact]
    public void Its_progress_makes_it_again()
    {
        var sequences = RecentSequences.None.Add(Of("a", 7)).Add(Of("b", 1)).Add(Of("b", 90));

        Assert.Equal(sequences, RecentSequences.Of(sequences.Progress));
        Assert.NotEqual(sequences, RecentSequences.None.Add(Of("a", 7)));
    }

    private static MessageSequence Of(string boot, long number) => MessageSequence.Of(boot, number);
}
