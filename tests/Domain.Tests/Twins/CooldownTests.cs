using OrleansIot.Domain.Rules;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

public sealed class CooldownTests
{
    private static readonly Rule Calm = Hot.Cooling(300);

    [Fact]
    public void The_cooldown_runs_from_the_moment_the_alert_was_triggered() =>
        new Story(Calm).When(Reports(0, 80)).Then(Online(0), Recorded(0, 80), Triggered(Calm, 80, at: 0, version: 3))
            .When(Reports(250, 20)).Then(Recorded(250, 20), ResolvedItself(Alert(Calm, 3), 250, coolUntil: 300))
            .When(Reports(300, 80)).Then(Recorded(300, 80), Triggered(Calm, 80, at: 300, version: 7));

    [Fact]
    public void While_it_cools_a_broken_condition_is_pending_and_fires_at_the_end() =>
        new Story(Calm).When(Reports(0, 80), Reports(10, 20))
            .When(Reports(220, 80)).Then(Recorded(220, 80), Pending(Calm, 220)).ThenReviewIsDue(300)
            .When(Review(299.999)).ThenNothing()
            .When(Review(300)).Then(Triggered(Calm, 80, at: 300, version: 8));

    [Fact]
    public void While_it_cools_a_condition_that_passes_leaves_no_trace() =>
        new Story(Calm).When(Reports(0, 80), Reports(10, 20), Reports(220, 80))
            .When(Reports(230, 20)).Then(Recorded(230, 20), Cleared(Calm, 230))
            .When(Review(300)).ThenNothing()
            .When(Reports(301, 80)).Then(Recorded(301, 80), Triggered(Calm, 80, at: 301, version: 11));

    [Fact]
    public void The_duration_may_end_after_the_cooldown()
    {
        var rule = Calm.For(60);
        new Story(rule).When(Reports(0, 80), Review(60)).Then(Triggered(rule, 80, at: 60, version: 4))
            .When(Reports(70, 20)).Then(Recorded(70, 20), ResolvedItself(Alert(rule, 4), 70, coolUntil: 360))
            .When(Reports(350, 80)).ThenReviewIsDue(410)
            .When(Review(360)).ThenNothing()
            .When(Review(410)).Then(Triggered(rule, 80, at: 410, version: 9));
    }

    [Fact]
    public void An_alert_may_stay_open_beyond_its_cooldown_and_fire_again_right_after() =>
        new Story(Calm).When(Reports(0, 80)).When(Reports(400, 20)).Then(Recorded(400, 20), ResolvedItself(Alert(Calm, 3), 400, coolUntil: 300))
            .When(Reports(401, 80)).Then(Recorded(401, 80), Triggered(Calm, 80, at: 401, version: 7));

    [Fact]
    public void What_cooled_down_is_forgotten_with_the_next_change_of_any_rule()
    {
        var wet = Watch("wet", "humidity", ComparisonOperator.Above, 90);
        var story = new Story(Calm, wet).When(Reports(0, 80), Reports(10, 20));
        Assert.Equal(RulePhase.Idle, Assert.Single(story.Twin.Rules).Phase);

        story.When(Reports(300, 95, metric: "humidity"));

        Assert.Equal(wet.Id, Assert.Single(story.Twin.Rules).Rule);
    }

    [Fact]
    public void Resolving_by_hand_after_the_rule_was_edited_does_not_cut_the_cooldown_short() =>
        new Story(Calm).When(Reports(0, 80)).WhenRulesBecome(Hot.Cooling(2))
            .When(Resolves(1, Alert(Calm, 3))).When(Review(3)).ThenNothing()
            .When(Reports(250, 80)).Then(Recorded(250, 80)).ThenReviewIsDue(300)
            .When(Review(300)).Then(Triggered(Hot.Cooling(2), 80, at: 300, version: 6));

    [Fact]
    public void Each_rule_cools_by_itself()
    {
        var warm = Watch("warm", "temperature", ComparisonOperator.Above, 50);
        new Story(Calm, warm).When(Reports(0, 80), Reports(10, 20))
            .When(Reports(20, 80)).Then(Recorded(20, 80), Pending(Calm, 20), Triggered(warm, 80, at: 20, version: 10));
    }
}
