using OrleansIot.Domain.Rules;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>The owner of a twin sleeps until then: a moment too late is an alert too late, one that stays in the past never lets it sleep.</summary>
public sealed class NextReviewTests
{
    [Fact]
    public void Never_for_a_device_never_heard_of() => new Story(Hot, Gone).ThenReviewIsDue(null);

    [Fact]
    public void Never_for_a_connected_device_at_rest() => new Story(Hot, Gone).Given(Online(0, session: 1), Recorded(0, 20)).ThenReviewIsDue(null);

    [Fact]
    public void Never_while_an_alert_is_open_and_the_device_connected() => new Story(Hot.Cooling(60)).When(Reports(0, 80, session: 1)).ThenReviewIsDue(null);

    [Fact]
    public void The_earliest_of_heartbeat_durations_and_cooldowns()
    {
        var warm = Watch("warm", "temperature", ComparisonOperator.Above, 50).For(40);
        var story = new Story(Hot.For(60), warm, Watch("wet", "humidity", ComparisonOperator.Above, 90).For(10));

        story.When(Reports(0, 20)).ThenReviewIsDue(100);
        story.When(Reports(50, 80)).ThenReviewIsDue(90);
        story.When(Reports(60, 95, metric: "humidity")).ThenReviewIsDue(70);
        story.When(Review(70)).ThenReviewIsDue(90);
        story.When(Review(90)).ThenReviewIsDue(110);
        story.When(Review(110)).ThenReviewIsDue(160);
        story.When(Review(160)).Then(FellSilent(160)).ThenReviewIsDue(null);
    }

    [Fact]
    public void Not_while_the_last_value_cannot_be_compared() =>
        new Story(Hot.For(60)).When(Reports(0, 80, session: 1)).ThenReviewIsDue(60)
            .When(Reports(10, "sensor fault", session: 1)).ThenReviewIsDue(null)
            .When(Reports(20, 80, session: 1)).ThenReviewIsDue(60);

    [Fact]
    public void Not_for_a_rule_that_is_gone() =>
        new Story(Hot.For(60)).When(Reports(0, 80, session: 1)).WhenRulesBecome().ThenReviewIsDue(null);

    [Fact]
    public void Not_for_a_dismissed_alert_that_only_its_clearing_brings_back() =>
        new Story(Hot).When(Reports(0, 80, session: 1), Resolves(5, Alert(Hot, 3))).ThenReviewIsDue(null);
}
