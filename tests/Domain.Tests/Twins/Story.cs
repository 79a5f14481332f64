using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Domain.Tests.Twins;

/// <summary>Given events, when a command comes, then events follow or a rejection. What follows is believed, so a story can go on.</summary>
internal sealed class Story(params Rule[] rules)
{
    private RuleSet _rules = RuleSet.For(Words.Boiler, null, rules);
    private ShadowLimits _shadows = ShadowLimits.Default;
    private TypeSchema? _type;
    private Decision _decision = Decision.Accepted.Unchanged;

    public Twin Twin { get; private set; } = new(Words.Boiler);

    public Instant? NextReview => TwinRules.NextReview(Twin, Context);

    private TwinContext Context => new(_rules, Words.Presence, _type) { Shadows = _shadows };

    public Story Given(params TwinEvent[] events)
    {
        Twin = events.Aggregate(Twin, TwinEvolution.Evolve);
        return this;
    }

    public Story When(params TwinCommand[] commands)
    {
        foreach (var command in commands)
        {
            _decision = TwinRules.Decide(Twin, command, Context);
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

    public Story WithShadows(ShadowLimits limits)
    {
        _shadows = limits;
        return this;
    }

    public Story OfType(DeviceType? type)
    {
        _type = type is null ? null : new TypeSchema(type);
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

    /// <summary>The detail.</summary>
    public string ThenRejectedBy(string code)
    {
        var reason = Assert.IsType<Decision.Rejected>(_decision).Reason;
        Assert.Equal(code, reason.Code);
        return reason.Detail;
    }

    public Story ThenReviewIsDue(double? at)
    {
        Assert.Equal(at is { } seconds ? Words.At(seconds) : (Instant?)null, NextReview);
        return this;
    }
}
