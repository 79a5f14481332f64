using OrleansIot.Application;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Domain.Rules;

namespace OrleansIot.TestKit.Storage;

public sealed class InMemoryRuleStore : IRuleStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<RuleId, Rule> _rules = [];
    private bool _seeded;

    /// <summary>How many more rules can be put before putting fails; null: it does not fail.</summary>
    public int? FailAfterPuts { get; set; }

    public ValueTask<bool> IsSeeded(CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(_seeded);
    }

    public ValueTask MarkSeeded(CancellationToken cancellation)
    {
        lock (_lock)
            _seeded = true;

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<Rule>> List(CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<Rule>>([.. _rules.Values]);
    }

    public ValueTask Put(Rule rule, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (FailAfterPuts-- == 0)
                throw new StoreException("The disk is full.", isTransient: true);

            _rules[rule.Id] = rule;
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> Delete(RuleId rule, long version, CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(_rules.TryGetValue(rule, out var present) && present.Version == version && _rules.Remove(rule));
    }
}
