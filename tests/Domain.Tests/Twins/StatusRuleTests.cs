using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using static OrleansIot.Domain.Tests.Twins.Words;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>Rules that look at <c>$status</c>, which the platform knows and the device does not report.</summary>
public sealed class StatusRuleTests
{
    private static readonly TwinEvent[] Connected = [Online(0, session: 1), Recorded(0, 20)];

    [Fact]
    public void A_closed_connection_fires() =>
        new Story(Gone).Given(Connected).When(Disconnects(5, session: 1)).Then(Offline(5), Triggered(Gone, "offline", at: 5, version: 4));

    [Fact]
    public void Silence_fires() =>
        new Story(Gone).Given(Online(0), Recorded(0, 20)).When(Review(100)).Then(FellSilent(100), Triggered(Gone, "offline", at: 100, version: 4));

    [Fact]
    public void A_new_connection_resolves() =>
        new Story(Gone).Given(Connected).When(Disconnects(5, session: 1))
            .When(Connects(9, session: 2)).Then(Online(9, session: 2), ResolvedItself(Alert(Gone, 4), 9, coolUntil: 5));

    [Fact]
    public void A_reading_resolves() =>
        new Story(Gone).Given(Online(0), Recorded(0, 20)).When(Review(100))
            .When(Reports(200, 21)).Then(Online(200), Recorded(200, 21), ResolvedItself(Alert(Gone, 4), 200, coolUntil: 100));

    [Fact]
    public void A_short_absence_is_forgiven_by_a_duration()
    {
        var rule = Gone.For(30);
        new Story(rule).Given(Connected).When(Disconnects(5, session: 1)).Then(Offline(5), Pending(rule, 5)).ThenReviewIsDue(35)
            .When(Connects(34, session: 2)).Then(Online(34, session: 2), Cleared(rule, 34));
    }

    [Fact]
    public void A_long_absence_is_not()
    {
        var rule = Gone.For(30);
        new Story(rule).Given(Connected).When(Disconnects(5, session: 1)).When(Review(35)).Then(Triggered(rule, "offline", at: 35, version: 5));
    }

    [Fact]
    public void A_take_over_does_not_fire() =>
        new Story(Gone).Given(Connected).When(Connects(5, session: 2)).Then(Online(5, session: 2)).When(Disconnects(6, session: 1)).ThenNothing();

    [Fact]
    public void A_rule_may_watch_for_presence()
    {
        var here = Watch("here", "$status", ComparisonOperator.Equal, "online");
        new Story(here).When(Reports(0, 20)).Then(Online(0), Recorded(0, 20), Triggered(here, "online", at: 0, version: 3));
    }

    [Fact]
    public void A_new_rule_judges_an_offline_device() =>
        new Story().Given(Online(0), Recorded(0, 20), FellSilent(100)).WhenRulesBecome(Gone)
            .When(Review(200)).Then(Triggered(Gone, "offline", at: 200, version: 4));

    [Fact]
    public void A_device_cannot_report_it() => Assert.False(MetricName.TryParse("$status", out _));
}
