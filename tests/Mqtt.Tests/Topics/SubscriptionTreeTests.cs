using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Mqtt.Tests.Topics;

public sealed class SubscriptionTreeTests
{
    private static readonly Gen<string> AnyTopic =
        Gen.Elements("a", "b", "", "$s").NonEmptyListOf().Select(levels => string.Join('/', levels)).Where(topic => topic.Length > 0);

    private static readonly Gen<string> AnyFilter =
        from levels in Gen.Elements("a", "b", "", "+", "$s").NonEmptyListOf()
        from end in Gen.Elements("", "/#", "#")
        let text = string.Join('/', levels) + end
        select TopicFilter.TryParse(text, out _) ? text : "#";

    private static readonly Gen<(string Filter, int Subscriber, bool Adds)> AnyChange =
        from filter in AnyFilter
        from subscriber in Gen.Choose(1, 12)
        from adds in Gen.Elements(true, true, false)
        select (filter, subscriber, adds);

    [Fact]
    public void After_any_changes_a_topic_reaches_whom_the_naive_matcher_says() =>
        Prop.ForAll(AnyChange.ListOf().ToArbitrary(), AnyTopic.ListOf().ToArbitrary(), (changes, topics) =>
        {
            var tree = new SubscriptionTree<Subscription>(SameSubscriber.Instance);
            var model = new Dictionary<(string, int), Subscription>();
            foreach (var (filter, subscriber, adds) in changes)
            {
                var subscription = new Subscription(subscriber, filter);
                model.TryGetValue((filter, subscriber), out var earlier);
                if (adds)
                {
                    Assert.Same(earlier, tree.Add(TopicFilter.Parse(filter), subscription));
                    model[(filter, subscriber)] = subscription;
                }
                else
                {
                    Assert.Same(earlier, tree.Remove(TopicFilter.Parse(filter), subscription));
                    model.Remove((filter, subscriber));
                }
            }

            Assert.Equal(model.Count, tree.Count);
            foreach (var topic in topics)
            {
                var matches = new List<Subscription>();
                tree.Match(Encoding.UTF8.GetBytes(topic), matches);
                var expected = model.Values.Where(subscription => NaiveMatcher.Matches(subscription.Filter, topic));
                Assert.Equal(expected.OrderBy(Key), matches.OrderBy(Key));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void One_filter_and_the_tree_agree() =>
        Prop.ForAll(AnyFilter.ToArbitrary(), AnyTopic.ToArbitrary(), (filter, topic) =>
            Assert.Equal(NaiveMatcher.Matches(filter, topic), TopicFilter.Parse(filter).Matches(Encoding.UTF8.GetBytes(topic))))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void Matching_into_a_list_that_has_room_allocates_nothing()
    {
        var tree = new SubscriptionTree<Subscription>(SameSubscriber.Instance);
        foreach (var filter in (string[])["plant/line-1/temp", "plant/+/temp", "plant/#", "#"])
            tree.Add(TopicFilter.Parse(filter), new Subscription(1, filter));
        var matches = new List<Subscription>(8);
        tree.Match("plant/line-1/temp"u8, matches);
        matches.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        tree.Match("plant/line-1/temp"u8, matches);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4, matches.Count);
    }

    [Fact]
    public void Whoever_stays_is_found_while_others_come_and_go()
    {
        var tree = new SubscriptionTree<Subscription>(SameSubscriber.Instance);
        var filter = TopicFilter.Parse("broadcast");
        var stays = new Subscription(0, filter.Text);
        tree.Add(filter, stays);

        var writer = Task.Run(() =>
        {
            for (var round = 0; round < 200; round++)
            {
                for (var id = 1; id <= 20; id++)
                    tree.Add(filter, new Subscription(id, filter.Text));
                for (var id = 1; id <= 20; id++)
                    tree.Remove(filter, new Subscription(id, filter.Text));
            }
        });
        var matches = new List<Subscription>();
        do
        {
            matches.Clear();
            tree.Match("broadcast"u8, matches);
            Assert.Contains(stays, matches);
        }
        while (!writer.IsCompleted);

        Assert.True(writer.IsCompletedSuccessfully);
        Assert.Equal(1, tree.Count);
    }

    private static (int, string) Key(Subscription subscription) => (subscription.Subscriber, subscription.Filter);

    private sealed record Subscription(int Subscriber, string Filter);

    private sealed class SameSubscriber : IEqualityComparer<Subscription>
    {
        public static readonly SameSubscriber Instance = new();

        public bool Equals(Subscription? x, Subscription? y) => x?.Subscriber == y?.Subscriber;

        public int GetHashCode(Subscription subscription) => subscription.Subscriber;
    }
}
