using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class IngestTests
{
    [Fact]
    public void The_first_reading_makes_the_device()
    {
        var story = new Story().When(Reports(5, 21.5)).Then(Online(5), Recorded(5, 21.5));

        Assert.True(story.Twin.Exists);
        Assert.Equal(2, story.Twin.Version);
        Assert.Equal((DeviceStatus.Online, "reading received", At(5)), (story.Twin.Status, story.Twin.StatusReason, story.Twin.StatusSince));
        Assert.Equal([new LastValue(MetricName.Parse("temperature"), MetricValue.Of(21.5), At(5))], story.Twin.Readings);
    }

    [Fact]
    public void Further_readings_say_nothing_new_about_presence() =>
        new Story().Given(Online(0), Recorded(0, 20)).When(Reports(5, 21)).Then(Recorded(5, 21));

    [Fact]
    public void A_reading_brings_an_offline_device_back() =>
        new Story().Given(Online(0), Recorded(0, 20), FellSilent(100)).When(Reports(200, 21)).Then(Online(200), Recorded(200, 21));

    [Fact]
    public void A_message_id_seen_before_is_a_repeat_whatever_it_carries()
    {
        var story = new Story(Hot).When(Reports(0, 20, messageId: "m-1")).Then(Online(0), Recorded(0, 20, key: Key("m-1")));

        story.When(Reports(1, 20, messageId: "m-1")).ThenNothing();
        story.When(Reports(2, 99, messageId: "m-1")).ThenNothing();
        story.When(Reports(3, 20, messageId: "m-2")).Then(Recorded(3, 20, key: Key("m-2")));
        story.When(Reports(4, 20, messageId: "m-1")).ThenNothing();
    }

    [Fact]
    public void A_repeat_is_known_after_a_restart() =>
        new Story().When(Reports(0, 20, messageId: "m-1")).WhenRestarted(at: 1, grace: 60).When(Reports(2, 20, messageId: "m-1")).ThenNothing();

    [Fact]
    public void A_repeat_from_an_offline_device_does_not_bring_it_back() =>
        new Story().Given(Online(0), Recorded(0, 20, key: Key("m-1")), FellSilent(100)).When(Reports(200, 20, messageId: "m-1")).ThenNothing();

    [Fact]
    public void A_numbered_message_is_a_repeat_however_much_came_after_it()
    {
        var story = new Story(Hot).When(SendsNumbered(0, 20, "boot-1", 0));
        for (var number = 1; number < 1_000; number++)
            story.When(SendsNumbered(number, 20, "boot-1", number));

        story.When(SendsNumbered(1_000, 99, "boot-1", 0)).ThenNothing();
        story.When(SendsNumbered(1_000, 99, "boot-1", 999)).ThenNothing();
        story.WhenRestarted(at: 1_001, grace: 60).When(SendsNumbered(1_002, 99, "boot-1", 500)).ThenNothing();
    }

    [Fact]
    public void After_a_boot_numbers_begin_anew_and_what_was_under_way_is_still_known() =>
        new Story().When(SendsNumbered(0, 20, "boot-1", 0)).When(SendsNumbered(1, 20, "boot-1", 1))
            .When(SendsNumbered(2, 20, "boot-2", 0)).Then(Recorded(2, 20) with { Sequence = MessageSequence.Of("boot-2", 0) })
            .When(SendsNumbered(3, 20, "boot-1", 1)).ThenNothing();

    [Fact]
    public void A_redelivery_that_says_so_is_a_repeat() =>
        new Story().When(Delivers(0, 20, packetId: 7)).Then(Online(0), Recorded(0, 20, key: DeliveryKey(20, 7)))
            .When(Delivers(1, 20, packetId: 7, dup: true)).ThenNothing();

    [Fact]
    public void A_redelivery_of_a_message_that_never_arrived_is_new() =>
        new Story().Given(Online(0), Recorded(0, 20)).When(Delivers(1, 20, packetId: 7, dup: true)).Then(Recorded(1, 20, key: DeliveryKey(20, 7)));

    [Fact]
    public void The_same_content_under_the_same_packet_identifier_is_new_unless_it_says_redelivered() =>
        new Story().When(Delivers(0, 20, packetId: 7)).When(Delivers(1, 20, packetId: 7)).Then(Recorded(1, 20, key: DeliveryKey(20, 7)));

    [Fact]
    public void Other_content_or_another_packet_identifier_is_new_even_as_a_redelivery() =>
        new Story().When(Delivers(0, 20, packetId: 7))
            .When(Delivers(1, 21, packetId: 7, dup: true)).Then(Recorded(1, 21, key: DeliveryKey(21, 7)))
            .When(Delivers(2, 20, packetId: 8, dup: true)).Then(Recorded(2, 20, key: DeliveryKey(20, 8)));

    [Fact]
    public void Messages_without_an_identity_are_never_repeats() =>
        new Story().When(Reports(0, 20), Reports(0, 20)).Then(Recorded(0, 20));

    [Fact]
    public void A_late_reading_is_recorded_but_neither_overwrites_nor_fires()
    {
        var story = new Story(Hot).Given(Online(10), Recorded(10, 20)).When(Reports(12, 99, measured: 4)).Then(Recorded(12, 99, measured: 4));

        Assert.Equal(new LastValue(MetricName.Parse("temperature"), MetricValue.Of(20), At(10)), Assert.Single(story.Twin.Readings));
    }

    [Fact]
    public void A_late_reading_does_not_resolve_either() =>
        new Story(Hot).When(Reports(10, 80)).When(Reports(12, 20, measured: 4)).Then(Recorded(12, 20, measured: 4));

    [Fact]
    public void A_late_reading_still_shows_that_the_device_is_there()
    {
        var story = new Story().Given(Online(0), Recorded(0, 20), FellSilent(100))
            .When(Reports(200, 19, measured: -50)).Then(Online(200), Recorded(200, 19, measured: -50));

        Assert.Equal(At(200), story.Twin.LastSeen);
    }

    [Fact]
    public void Only_the_metrics_that_have_something_newer_are_late()
    {
        var story = new Story(Hot, Watch("wet", "humidity", ComparisonOperator.Above, 90)).Given(Online(10), Recorded(10, 20));

        story.When(Reports(12, [Metric("temperature", 99), Metric("humidity", 95)], measured: 4));

        Assert.Equal(MetricValue.Of(20), story.Twin.Readings.Find(MetricName.Parse("temperature"))!.Value.Value);
        Assert.Equal(new LastValue(MetricName.Parse("humidity"), MetricValue.Of(95), At(4)), story.Twin.Readings.Find(MetricName.Parse("humidity")));
        Assert.Equal("wet", Assert.Single(story.Twin.OpenAlerts).RuleName);
    }

    [Fact]
    public void Of_two_readings_of_one_moment_the_later_to_arrive_counts() =>
        new Story(Hot).Given(Online(10), Recorded(10, 20)).When(Reports(11, 80, measured: 10))
            .Then(Recorded(11, 80, measured: 10), Triggered(Hot, 80, at: 11, version: 4));

    [Fact]
    public void A_clock_that_once_ran_ahead_does_not_make_every_later_reading_late()
    {
        const double NextYear = 31_536_000;
        var story = new Story(Hot).When(Reports(0, 20, measured: NextYear)).Then(Online(0), Recorded(0, 20, measured: NextYear));
        Assert.Equal(At(0), Assert.Single(story.Twin.Readings).At);

        story.When(Reports(5, 80)).Then(Recorded(5, 80), Triggered(Hot, 80, at: 5, version: 4));
        Assert.Equal(MetricValue.Of(80), Assert.Single(story.Twin.Readings).Value);
    }

    [Fact]
    public void A_device_has_at_most_a_thousand_metrics()
    {
        var story = new Story().When(Reports(0, Numbered(0, Twin.MaxMetrics)));
        Assert.Equal(Twin.MaxMetrics, story.Twin.Readings.Count);

        story.When(Reports(1, 1, metric: "one-more")).ThenRejected(TwinRejection.TooManyMetrics);
        story.When(Reports(2, [Metric("m0", 5), Metric("one-more", 5)])).ThenRejected(TwinRejection.TooManyMetrics);
        story.When(Reports(3, 7, metric: "m999")).Then(Recorded(3, 7, metric: "m999"));
        Assert.Equal(Twin.MaxMetrics, story.Twin.Readings.Count);
    }

    [Fact]
    public void A_first_reading_with_too_many_metrics_makes_no_device()
    {
        var story = new Story().When(Reports(0, Numbered(0, Twin.MaxMetrics + 1))).ThenRejected(TwinRejection.TooManyMetrics);

        Assert.False(story.Twin.Exists);
    }

    [Fact]
    public void A_refused_message_is_not_remembered_so_that_it_can_be_sent_again_corrected() =>
        new Story().When(Reports(0, Numbered(0, Twin.MaxMetrics + 1), messageId: "m-1"))
            .When(Reports(1, 20, messageId: "m-1")).Then(Online(1), Recorded(1, 20, key: Key("m-1")));

    [Fact]
    public void Metrics_keep_the_order_in_which_they_first_came()
    {
        var story = new Story().When(Reports(0, [Metric("b", 1), Metric("a", 2)]), Reports(1, [Metric("c", 3), Metric("a", 4), Metric("b", 5)]));

        Assert.Equal(["b=5", "a=4", "c=3"], story.Twin.Readings.Select(last => $"{last.Metric}={last.Value}"));
    }

    private static Metric[] Numbered(int from, int count) => [.. Enumerable.Range(from, count).Select(i => Metric($"m{i}", i))];
}
