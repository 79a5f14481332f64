using OrleansIot.Domain.Rules;

namespace OrleansIot.Grains.Rules;

/// <summary>A rule's owner as silos speak with it.</summary>
[Alias("orleansiot.rule-owner")]
internal interface IRuleOwnerGrain : IGrainWithStringKey
{
    /// <param name="expectedVersion">That of the rule to replace; 0: there is none; null: whatever there is.</param>
    [Alias("put")]
    Task<RuleEdit> Put(Rule rule, long? expectedVersion);

    [Alias("delete")]
    Task<RuleEdit> Delete(long? expectedVersion);
}

/// <param name="Present">The rule as it is now; null where there is none.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.rule-edit")]
internal sealed record RuleEdit([property: Id(0)] bool Done, [property: Id(1)] Rule? Present);
