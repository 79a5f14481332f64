using OrleansIot.Application.Rules.Ports;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Tests.Rules;

/// <summary>A rule store that outlives a book, and that fails when it is told to.</summary>
internal sealed class RememberedRules : IRuleStore
{
    private readonly Dictionary<RuleId, Rule> _rules = [];
    private bool _seeded;

    public int? FailAfterPuts { get; set; }

    public ValueTask<bool> IsSeeded(CancellationToken cancellation) => new(_seeded);

    public ValueTask MarkSeeded(CancellationToken cancellation)
    {
        _seeded = true;
        return default;
    }

    public ValueTask<IReadOnlyList<Rule>> List(CancellationToken cancellation) => new([.. _rules.Values]);

    public ValueTask Put(Rule rule, CancellationToken cancellation)
    {
        if (FailAfterPuts-- == 0)
            throw new IOException("The disk is full.");

        _rules[rule.Id] = rule;
        return default;
    }

    public ValueTask<bool> Delete(RuleId rule, CancellationToken cancellation) => new(_rules.Remove(rule));
}
