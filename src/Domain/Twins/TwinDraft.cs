using System.Collections.Immutable;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Domain.Twins;

/// <summary>A decision in the making: the events so far, and the twin as it would be after them.</summary>
internal sealed class TwinDraft(Twin twin, TwinContext context)
{
    private ImmutableArray<TwinEvent>.Builder? _events;

    public Twin Twin { get; private set; } = twin;

    public TwinContext Context { get; } = context;

    public RuleSet Rules => Context.Rules;

    public void Add(TwinEvent happened)
    {
        (_events ??= ImmutableArray.CreateBuilder<TwinEvent>(1)).Add(happened);
        Twin = TwinEvolution.Evolve(Twin, happened);
    }

    public Decision.Accepted Decide() => _events is null ? Decision.Accepted.Unchanged : new Decision.Accepted(_events.DrainToImmutable());
}
