using Orleans.Services;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Grains.Rules;

/// <summary>One silo's copy of the rules, for a rule's owner to tell of a change.</summary>
[Alias("orleansiot.silo-rules")]
internal interface ISiloRules : IGrainService
{
    /// <summary>Completes once the silo's twins answer to the change.</summary>
    /// <param name="rule">Null: it was removed.</param>
    [Alias("changed")]
    Task Changed(string ruleId, Rule? rule);

    /// <summary>Completes once the silo has read the device types anew.</summary>
    [Alias("types-changed")]
    Task TypesChanged();
}
