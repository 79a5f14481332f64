using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>Given events, when a command comes, then events follow or a rejection. What follows is believed, so a story can go on.</summary>
internal sealed class Story(params Rule[] rules)
{
    private RuleSet _rules = RuleSet.For(Words.Boiler, null, rules);
    private Decision _decision = Decision.Accepted.Unchanged;

    public Twin Twin { get; private set; } = new(Words.Boiler);

    public Instant? NextReview => TwinRules.NextReview(Twin, new TwinContext(_rules, Words.Presence));

    public Story Given(params TwinEvent[] events)
    {
        Twin = events.Aggregate(Twin, TwinEvolution.Evolve);
        return this;
    }

    public Story When(params TwinCommand[] commands)
    {
        foreach (var command in commands)
        {
            _decision = TwinRules.Decide(Twin, command, new TwinContext(_rules, Words.Presence));
            if (_decision is Decision.Accepted { Events: var events })
                Given([.. events]);
        }

        return this;
    }

    public Story WhenRulesBecome(params Rule[] rules)
    {
        _rules = RuleSet.For(Words.Boiler, Twin.Description.Type, rules);
        return this;
    }

    public Story WhenRestarted(double at, double grace)
    {
        Twin = Twin.Recovered(Words.At(at), TimeSpan.FromSeconds(grace));
        return this;
    }

    /// <summary>Exactly these events followed from the last command.</summary>
    public Story Then(params TwinEvent[] events)
    {
        Assert.Equal(events, Assert.IsType<Decision.Accepted>(_decision).Events);
        return this;
    }

    public Story ThenNothing() => Then();

    public Story ThenRejected(TwinRejection reason)
    {
        Assert.Equal(new Decision.Rejected(reason), _decision);
        return this;
    }

    public Story ThenReviewIsDue(double? at)
    {
        Assert.Equal(at is { } seconds ? Words.At(seconds) : (Instant?)null, NextReview);
        return this;
    }
}
