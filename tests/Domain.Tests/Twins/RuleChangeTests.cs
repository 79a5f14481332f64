using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class RuleChangeTests
{
    private static readonly AlertId First = Alert(Hot, 3);

    public static readonly TheoryData<string, Rule[]> Gone = new()
    {
        { "removed", [] },
        { "switched off", [Hot with { Active = false }] },
        { "for another type", [Hot with { DeviceType = "pump" }] },
        { "for other devices", [Hot with { DeviceIds = [DeviceId.Parse("boiler-2")] }] },
    };

    [Theory, MemberData(nameof(Gone))]
    public void An_open_alert_is_resolved_when_its_rule_is(string what, Rule[] rules)
    {
        var story = new Story(Hot).When(Reports(0, 80)).WhenRulesBecome(rules).When(Review(5)).Then(RuleGone(First, 5, coolUntil: 0));

        Assert.True(story.Twin.Rules.IsEmpty, what);
        story.When(Review(6)).ThenNothing().When(Reports(7, 90)).Then(Recorded(7, 90));
    }

    [Fact]
    public void A_pending_rule_that_is_gone_is_cleared() =>
        new Story(Hot.For(60)).When(Reports(0, 80)).WhenRulesBecome().ThenReviewIsDue(100).When(Review(5)).Then(Cleared(Hot, 5));

    [Fact]
    public void A_dismissed_rule_that_is_gone_is_cleared() =>
        new Story(Hot).When(Reports(0, 80), Resolves(1, First)).WhenRulesBecome().When(Review(5)).Then(Cleared(Hot, 5));

    [Fact]
    public void A_device_that_changes_its_type_leaves_the_rules_of_the_old_one()
    {
        var boilers = Hot with { DeviceType = "boiler" };
        new Story().Given(Described(0, new DeviceDescription(null, "Boiler", null, []))).WhenRulesBecome(boilers)
            .When(Reports(1, 80)).Then(Online(1), Recorded(1, 80), Triggered(boilers, 80, at: 1, version: 4))
            .When(Describes(2, DeviceDescription.None)).WhenRulesBecome(boilers)
            .When(Review(2)).Then(RuleGone(Alert(boilers, 4), 2, coolUntil: 1));
    }

    [Fact]
    public void A_rule_gone_is_resolved_on_an_offline_device_too() =>
        new Story(Hot).When(Reports(0, 80, session: 1), Disconnects(1, session: 1)).WhenRulesBecome().When(Review(5)).Then(RuleGone(First, 5, coolUntil: 0));

    [Fact]
    public void A_new_rule_judges_the_values_that_are_known() =>
        new Story().Given(Online(0), Recorded(0, 80)).WhenRulesBecome(Hot).When(Review(5)).Then(Triggered(Hot, 80, at: 5, version: 3));

    [Fact]
    public void A_new_rule_counts_its_duration_from_when_it_came() =>
        new Story().Given(Online(0), Recorded(0, 80)).WhenRulesBecome(Hot.For(10)).When(Review(5)).Then(Pending(Hot, 5)).ThenReviewIsDue(15);

    [Fact]
    public void A_new_rule_does_not_judge_the_last_value_of_an_offline_device() =>
        new Story().Given(Online(0), Recorded(0, 80), FellSilent(100)).WhenRulesBecome(Hot).When(Review(200)).ThenNothing();

    [Fact]
    public void A_raised_threshold_resolves_what_it_no_longer_covers() =>
        new Story(Hot).When(Reports(0, 80)).WhenRulesBecome(Watch("hot", "temperature", ComparisonOperator.Above, 90))
            .When(Review(5)).Then(ResolvedItself(First, 5, coolUntil: 0));

    [Fact]
    public void A_changed_rule_leaves_an_alert_that_it_still_covers_as_it_was_triggered()
    {
        var story = new Story(Hot).When(Reports(0, 80)).WhenRulesBecome(Watch("hot", "temperature", ComparisonOperator.Above, 75) with { Name = "Hotter", Version = 2 })
            .When(Review(5)).ThenNothing();

        Assert.Equal(("hot", 1, "temperature > 70"), (story.Twin.OpenAlerts[0].RuleName, story.Twin.OpenAlerts[0].RuleVersion, story.Twin.OpenAlerts[0].Condition));
    }

    [Fact]
    public void A_rule_that_now_watches_a_metric_never_reported_waits_for_it()
    {
        var wet = Watch("hot", "humidity", ComparisonOperator.Above, 90).For(10);
        new Story(Hot.For(60)).When(Reports(0, 80)).WhenRulesBecome(wet).ThenReviewIsDue(100).When(Review(10)).ThenNothing();
    }

    [Fact]
    public void Switching_a_rule_off_and_on_does_not_cut_its_cooldown_short()
    {
        var rule = Hot.Cooling(60);
        new Story(rule).When(Reports(0, 80)).WhenRulesBecome().When(Review(5)).Then(RuleGone(First, 5, coolUntil: 60))
            .WhenRulesBecome(rule).When(Review(6)).Then(Pending(rule, 6)).ThenReviewIsDue(60)
            .When(Review(60)).Then(Triggered(rule, 80, at: 60, version: 6));
    }

    [Fact]
    public void A_longer_cooldown_does_not_reach_back() =>
        new Story(Hot.Cooling(10)).When(Reports(0, 80), Reports(5, 20)).WhenRulesBecome(Hot.Cooling(3600))
            .When(Reports(10, 80)).Then(Recorded(10, 80), Triggered(Hot.Cooling(3600), 80, at: 10, version: 7));
}
