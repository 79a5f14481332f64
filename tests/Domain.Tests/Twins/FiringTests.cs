using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class FiringTests
{
    private static readonly TwinEvent[] Cool = [Online(0), Recorded(0, 20)];
    private static readonly Rule HotForAMinute = Hot.For(60);

    [Fact]
    public void A_rule_without_a_duration_fires_with_the_reading_that_breaks_it()
    {
        var story = new Story(Hot).Given(Cool).When(Reports(5, 80)).Then(Recorded(5, 80), Triggered(Hot, 80, at: 5, version: 4));

        var alert = Assert.Single(story.Twin.OpenAlerts);
        Assert.Equal("boiler-1~hot~4", alert.Id.ToString());
        Assert.Equal((AlertStatus.Triggered, true, "temperature > 70"), (alert.Status, alert.IsOpen, alert.Condition));
        Assert.Equal(Severity.Warning, story.Twin.WorstSeverity);
    }

    [Fact]
    public void The_very_first_reading_may_fire() =>
        new Story(Hot).When(Reports(0, 80)).Then(Online(0), Recorded(0, 80), Triggered(Hot, 80, at: 0, version: 3));

    [Fact]
    public void While_an_alert_is_open_the_rule_fires_no_other() =>
        new Story(Hot).When(Reports(0, 80)).When(Reports(1, 90)).Then(Recorded(1, 90)).When(Review(2)).ThenNothing();

    [Fact]
    public void A_rule_with_a_duration_waits_and_fires_on_the_reading_that_completes_it() =>
        new Story(HotForAMinute).Given(Cool)
            .When(Reports(5, 80)).Then(Recorded(5, 80), Pending(HotForAMinute, 5))
            .When(Reports(64.999, 81)).Then(Recorded(64.999, 81))
            .When(Reports(65, 82)).Then(Recorded(65, 82), Triggered(HotForAMinute, 82, at: 65, version: 7));

    [Fact]
    public void A_rule_with_a_duration_fires_by_review_where_no_reading_comes() =>
        new Story(HotForAMinute).Given(Cool).When(Reports(5, 80)).ThenReviewIsDue(65)
            .When(Review(64.999)).ThenNothing()
            .When(Review(65)).Then(Triggered(HotForAMinute, 80, at: 65, version: 5));

    [Fact]
    public void A_break_in_the_condition_starts_the_duration_anew() =>
        new Story(HotForAMinute).Given(Cool).When(Reports(5, 80))
            .When(Reports(30, 70)).Then(Recorded(30, 70), Cleared(HotForAMinute, 30))
            .When(Reports(40, 80)).Then(Recorded(40, 80), Pending(HotForAMinute, 40))
            .ThenReviewIsDue(100);

    [Fact]
    public void Durations_run_on_our_clock_whatever_the_devices_clock_says() =>
        new Story(HotForAMinute).When(Reports(5, 80, measured: -3000)).Then(Online(5), Recorded(5, 80, measured: -3000), Pending(HotForAMinute, 5))
            .When(Reports(6, 81, measured: 6)).Then(Recorded(6, 81));

    [Fact]
    public void A_late_reading_does_not_break_the_duration() =>
        new Story(HotForAMinute).When(Reports(5, 80)).When(Reports(30, 20, measured: 1)).Then(Recorded(30, 20, measured: 1))
            .When(Review(65)).Then(Triggered(HotForAMinute, 80, at: 65, version: 5));

    [Fact]
    public void An_alert_clears_as_soon_as_the_condition_no_longer_holds()
    {
        var story = new Story(Hot).When(Reports(0, 80)).When(Reports(9, 70)).Then(Recorded(9, 70), ResolvedItself(Alert(Hot, 3), 9, coolUntil: 0));

        Assert.Empty(story.Twin.OpenAlerts);
        Assert.Empty(story.Twin.Rules);
    }

    [Fact]
    public void With_a_clear_threshold_an_alert_stays_open_until_that_is_crossed()
    {
        var rule = Hot.ClearingAt(60);
        new Story(rule).When(Reports(0, 80)).When(Reports(1, 65)).Then(Recorded(1, 65))
            .When(Reports(2, 60.5)).Then(Recorded(2, 60.5))
            .When(Reports(3, 60)).Then(Recorded(3, 60), ResolvedItself(Alert(rule, 3), 3, coolUntil: 0))
            .When(Reports(4, 65)).Then(Recorded(4, 65))
            .When(Reports(5, 71)).Then(Recorded(5, 71), Triggered(rule, 71, at: 5, version: 10));
    }

    [Fact]
    public void A_clear_threshold_on_the_wrong_side_does_not_clear_an_alert_whose_condition_holds() =>
        new Story(Hot.ClearingAt(90)).When(Reports(0, 80)).When(Reports(1, 81)).Then(Recorded(1, 81));

    [Fact]
    public void After_it_cleared_a_rule_fires_again_under_another_id() =>
        new Story(Hot).When(Reports(0, 80), Reports(1, 20)).When(Reports(2, 80)).Then(Recorded(2, 80), Triggered(Hot, 80, at: 2, version: 7));

    [Fact]
    public void Several_rules_fire_at_once_each_its_own_alert()
    {
        var wet = Watch("wet", "humidity", ComparisonOperator.AtLeast, 90);
        var boiling = Watch("boiling", "temperature", ComparisonOperator.Above, 99) with { Severity = Severity.Critical };
        Metric[] bad = [Metric("humidity", 90), Metric("temperature", 100)];
        var story = new Story(wet, Hot, boiling).When(Reports(0, bad));

        story.Then(
            Online(0),
            new TwinEvent.ReadingRecorded(new Reading(At(0), At(0), [.. bad]), MessageKey.None),
            Triggered(wet, 90, at: 0, version: 3),
            Triggered(boiling, 100, at: 0, version: 4),
            Triggered(Hot, 100, at: 0, version: 5));
        Assert.Equal(Severity.Critical, story.Twin.WorstSeverity);
        story.When(Reports(1, 80)).Then(Recorded(1, 80), ResolvedItself(Alert(boiling, 4), 1, coolUntil: 0));
        Assert.Equal(Severity.Warning, story.Twin.WorstSeverity);
    }

    [Fact]
    public void A_text_is_compared_by_equality()
    {
        var inactive = Watch("inactive", "status", ComparisonOperator.Equal, "INACTIVE");
        new Story(inactive).When(Reports(0, "ACTIVE", metric: "status")).Then(Online(0), Recorded(0, "ACTIVE", metric: "status"))
            .When(Reports(1, "INACTIVE", metric: "status")).Then(Recorded(1, "INACTIVE", metric: "status"), Triggered(inactive, "INACTIVE", at: 1, version: 4))
            .When(Reports(2, "ACTIVE", metric: "status")).Then(Recorded(2, "ACTIVE", metric: "status"), ResolvedItself(Alert(inactive, 4), 2, coolUntil: 1));
    }

    [Fact]
    public void A_boolean_is_compared_by_equality()
    {
        var open = Watch("open", "door-open", ComparisonOperator.Equal, true);
        new Story(open).When(Reports(0, false, metric: "door-open"), Reports(1, true, metric: "door-open"))
            .Then(Recorded(1, true, metric: "door-open"), Triggered(open, true, at: 1, version: 4))
            .When(Reports(2, false, metric: "door-open")).Then(Recorded(2, false, metric: "door-open"), ResolvedItself(Alert(open, 4), 2, coolUntil: 1));
    }

    [Fact]
    public void What_cannot_be_compared_neither_fires_nor_resolves() =>
        new Story(Hot).When(Reports(0, "warm")).Then(Online(0), Recorded(0, "warm"))
            .When(Reports(1, 80)).Then(Recorded(1, 80), Triggered(Hot, 80, at: 1, version: 4))
            .When(Reports(2, "cold")).Then(Recorded(2, "cold"))
            .When(Review(3)).ThenNothing();

    [Fact]
    public void What_cannot_be_compared_neither_completes_nor_breaks_a_duration() =>
        new Story(HotForAMinute).When(Reports(0, 80)).When(Reports(10, "sensor fault")).Then(Recorded(10, "sensor fault"))
            .When(Review(60)).ThenNothing()
            .When(Reports(70, 80)).Then(Recorded(70, 80), Triggered(HotForAMinute, 80, at: 70, version: 6));

    [Fact]
    public void A_clear_threshold_is_passed_over_where_the_condition_is_equality()
    {
        var rule = Watch("inactive", "status", ComparisonOperator.Equal, "INACTIVE").ClearingAt(5);
        new Story(rule).When(Reports(0, "INACTIVE", metric: "status"))
            .When(Reports(1, "INACTIVE", metric: "status")).Then(Recorded(1, "INACTIVE", metric: "status"))
            .When(Reports(2, "ACTIVE", metric: "status")).Then(Recorded(2, "ACTIVE", metric: "status"), ResolvedItself(Alert(rule, 3), 2, coolUntil: 0));
    }

    [Fact]
    public void The_last_value_of_an_offline_device_never_fires() =>
        new Story(HotForAMinute).When(Reports(0, 80, session: 1)).When(Disconnects(10, session: 1)).Then(Offline(10))
            .ThenReviewIsDue(null).When(Review(60)).ThenNothing();

    [Fact]
    public void A_device_that_goes_silent_at_the_moment_a_rule_is_due_does_not_fire() =>
        new Story(Hot.For(100)).When(Reports(0, 80)).When(Review(100)).Then(FellSilent(100));

    [Fact]
    public void A_device_that_goes_offline_leaves_its_alerts_open() =>
        new Story(Hot).When(Reports(0, 80, session: 1)).When(Disconnects(10, session: 1)).Then(Offline(10)).When(Review(20)).ThenNothing();

    [Fact]
    public void A_device_that_only_connected_again_has_not_said_that_its_last_value_still_holds() =>
        new Story(HotForAMinute).When(Reports(0, 80, session: 1), Disconnects(10, session: 1))
            .When(Connects(3600, session: 2)).Then(Online(3600, session: 2))
            .ThenReviewIsDue(null).When(Review(3600)).ThenNothing()
            .When(Reports(3601, 20, session: 2)).Then(Recorded(3601, 20), Cleared(HotForAMinute, 3601));

    [Fact]
    public void A_device_that_comes_back_as_it_left_completes_the_duration() =>
        new Story(HotForAMinute).When(Reports(0, 80, session: 1), Disconnects(10, session: 1), Connects(3600, session: 2))
            .When(Reports(3601, 80, session: 2)).Then(Recorded(3601, 80), Triggered(HotForAMinute, 80, at: 3601, version: 7));

    [Fact]
    public void A_pending_rule_survives_a_restart() =>
        new Story(HotForAMinute).When(Reports(0, 80)).WhenRestarted(at: 90, grace: 60).ThenReviewIsDue(60)
            .When(Review(90)).Then(Triggered(HotForAMinute, 80, at: 90, version: 4));
}
