using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>What people do with alerts.</summary>
public sealed class HandlingTests
{
    private static readonly AlertId First = Alert(Hot, 3);

    [Fact]
    public void An_acknowledged_alert_stays_open_and_says_who()
    {
        var story = new Story(Hot).When(Reports(0, 80)).When(Acknowledges(5, First)).Then(Acknowledged(First, 5));

        var alert = Assert.Single(story.Twin.OpenAlerts);
        Assert.True(alert.IsOpen);
        Assert.Equal((AlertStatus.Acknowledged, "ana", At(5)), (alert.Status, alert.AcknowledgedBy, alert.AcknowledgedAt));
        story.When(Reports(6, 90)).Then(Recorded(6, 90));
    }

    [Fact]
    public void The_first_to_acknowledge_is_the_one_who_did()
    {
        var story = new Story(Hot).When(Reports(0, 80), Acknowledges(5, First)).When(Acknowledges(6, First, by: "ben")).ThenNothing();

        Assert.Equal("ana", Assert.Single(story.Twin.OpenAlerts).AcknowledgedBy);
    }

    [Fact]
    public void An_acknowledged_alert_clears_like_any_other() =>
        new Story(Hot).When(Reports(0, 80), Acknowledges(5, First)).When(Reports(6, 20)).Then(Recorded(6, 20), ResolvedItself(First, 6, coolUntil: 0));

    [Fact]
    public void Acknowledging_one_alert_leaves_the_others_as_they_are()
    {
        var warm = Watch("warm", "temperature", ComparisonOperator.Above, 50);
        var story = new Story(Hot, warm).When(Reports(0, 80)).When(Acknowledges(5, First));

        Assert.Equal([AlertStatus.Acknowledged, AlertStatus.Triggered], story.Twin.OpenAlerts.Select(alert => alert.Status));
    }

    [Fact]
    public void A_resolved_alert_is_out_of_the_book_of_the_twin()
    {
        var story = new Story(Hot).When(Reports(0, 80)).When(Resolves(5, First)).Then(ResolvedByHand(First, 5));

        Assert.Empty(story.Twin.OpenAlerts);
        story.When(Acknowledges(6, First)).ThenRejected(TwinRejection.UnknownAlert);
        story.When(Resolves(6, First)).ThenRejected(TwinRejection.UnknownAlert);
    }

    [Fact]
    public void Alerts_of_other_devices_rules_or_times_are_unknown()
    {
        var story = new Story(Hot).When(Reports(0, 80));

        foreach (var other in new[] { Alert(Hot, 2), Alert(Gone, 3), First with { Device = Domain.Devices.DeviceId.Parse("boiler-2") } })
        {
            story.When(Acknowledges(1, other)).ThenRejected(TwinRejection.UnknownAlert);
            story.When(Resolves(1, other)).ThenRejected(TwinRejection.UnknownAlert);
        }
    }

    [Fact]
    public void A_device_never_heard_of_has_no_alerts_to_handle() =>
        new Story(Hot).When(Acknowledges(0, First)).ThenRejected(TwinRejection.UnknownDevice)
            .When(Resolves(0, First)).ThenRejected(TwinRejection.UnknownDevice);

    [Fact]
    public void Without_a_cooldown_a_dismissed_alert_comes_back_only_after_its_condition_has_cleared_once() =>
        new Story(Hot).When(Reports(0, 80), Resolves(5, First)).ThenReviewIsDue(100)
            .When(Reports(6, 90)).Then(Recorded(6, 90))
            .When(Review(100)).ThenNothing()
            .When(Reports(101, 20)).Then(Recorded(101, 20), Cleared(Hot, 101))
            .When(Reports(102, 80)).Then(Recorded(102, 80), Triggered(Hot, 80, at: 102, version: 9));

    [Fact]
    public void With_a_cooldown_a_dismissed_alert_comes_back_at_its_end_counted_from_the_dismissal()
    {
        var rule = Hot.Cooling(60);
        new Story(rule).When(Reports(0, 80)).When(Resolves(20, First)).Then(ResolvedByHand(First, 20, coolUntil: 80)).ThenReviewIsDue(80)
            .When(Reports(79.999, 90)).Then(Recorded(79.999, 90))
            .When(Review(80)).Then(Triggered(rule, 90, at: 80, version: 6));
    }

    [Fact]
    public void A_dismissed_alert_may_come_back_with_a_reading_too()
    {
        var rule = Hot.Cooling(60);
        new Story(rule).When(Reports(0, 80), Resolves(20, First)).When(Reports(81, 90)).Then(Recorded(81, 90), Triggered(rule, 90, at: 81, version: 6));
    }

    [Fact]
    public void A_condition_that_clears_after_the_dismissal_still_waits_for_the_cooldown_to_fire_again()
    {
        var rule = Hot.Cooling(60);
        new Story(rule).When(Reports(0, 80), Resolves(20, First))
            .When(Reports(30, 20)).Then(Recorded(30, 20), Cleared(rule, 30)).ThenReviewIsDue(130)
            .When(Reports(40, 80)).Then(Recorded(40, 80), Pending(rule, 40)).ThenReviewIsDue(80)
            .When(Review(80)).Then(Triggered(rule, 80, at: 80, version: 9));
    }

    [Fact]
    public void A_dismissed_alert_does_not_come_back_with_a_value_that_breaks_no_rule()
    {
        var rule = Hot.Cooling(60).ClearingAt(50);
        new Story(rule).When(Reports(0, 80), Resolves(20, First), Reports(70, 65)).ThenReviewIsDue(170)
            .When(Review(80)).ThenNothing()
            .When(Reports(90, 71)).Then(Recorded(90, 71), Triggered(rule, 71, at: 90, version: 7));
    }

    [Fact]
    public void A_dismissed_rule_with_a_clear_threshold_has_cleared_only_beyond_it()
    {
        var rule = Hot.ClearingAt(60);
        new Story(rule).When(Reports(0, 80), Resolves(5, First))
            .When(Reports(6, 65)).Then(Recorded(6, 65))
            .When(Reports(7, 80)).Then(Recorded(7, 80))
            .When(Reports(8, 60)).Then(Recorded(8, 60), Cleared(rule, 8));
    }

    [Fact]
    public void A_dismissed_alert_of_an_offline_device_waits_for_the_device()
    {
        var rule = Hot.Cooling(60);
        new Story(rule).When(Reports(0, 80, session: 1), Resolves(5, First), Disconnects(10, session: 1)).ThenReviewIsDue(null)
            .When(Review(65)).ThenNothing();
    }

    [Fact]
    public void An_alert_can_be_resolved_after_its_rule_is_gone() =>
        new Story(Hot.Cooling(60)).When(Reports(0, 80)).WhenRulesBecome().When(Resolves(5, First)).Then(ResolvedByHand(First, 5, coolUntil: 60));

    [Fact]
    public void What_an_alert_became_can_be_told_from_the_event_and_the_twin_before_it()
    {
        var story = new Story(Hot).Given(Online(0), Recorded(0, 80));
        var triggered = Triggered(Hot, 80, at: 0, version: 3);
        Assert.Equal(triggered.Alert, TwinEvolution.AlertAfter(story.Twin, triggered));

        story.Given(triggered);
        var acknowledged = TwinEvolution.AlertAfter(story.Twin, Acknowledged(First, 5))!;
        Assert.Equal((AlertStatus.Acknowledged, "ana", At(5)), (acknowledged.Status, acknowledged.AcknowledgedBy, acknowledged.AcknowledgedAt));

        story.Given(Acknowledged(First, 5));
        Assert.Equal(acknowledged, Assert.Single(story.Twin.OpenAlerts));
        var resolved = TwinEvolution.AlertAfter(story.Twin, ResolvedByHand(First, 9, by: "ben"))!;
        Assert.Equal(acknowledged with { Status = AlertStatus.Resolved, ResolvedAt = At(9), ResolvedBy = "ben", Resolution = AlertResolution.Manual }, resolved);
        Assert.False(resolved.IsOpen);

        Assert.Null(TwinEvolution.AlertAfter(story.Twin, Recorded(10, 20)));
        Assert.Null(TwinEvolution.AlertAfter(story.Twin, ResolvedItself(Alert(Hot, 99), 10, coolUntil: 0)));
    }
}
