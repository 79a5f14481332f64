using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules.Ports;

/// <summary>Where rules are kept.</summary>
public interface IRuleStore
{
    /// <summary>Whether rules were ever put here, so that the shipped ones are added once and a deleted one stays deleted.</summary>
    ValueTask<bool> IsSeeded(CancellationToken cancellation);

    ValueTask MarkSeeded(CancellationToken cancellation);

    ValueTask<IReadOnlyList<Rule>> List(CancellationToken cancellation);

    /// <summary>Creates or replaces.</summary>
    ValueTask Put(Rule rule, CancellationToken cancellation);

    /// <summary>False, and nothing changes, where the rule is gone or at another version: somebody else wrote it.</summary>
    ValueTask<bool> Delete(RuleId rule, long version, CancellationToken cancellation);
}
