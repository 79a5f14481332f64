using System.Collections.Immutable;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Domain.Twins;

/// <summary>A decision in the making: the events so far, and the twin as it would be after them.</summary>
internal sealed class TwinDraft(Twin twin, TwinContext context)
{
    // Nearly every decision has one event: an array of one is all that it costs.
    private ImmutableArray<TwinEvent> _events = [];

    public Twin Twin { get; private set; } = twin;

    public TwinContext Context { get; } = context;

    public RuleSet Rules => Context.Rules;

    public void Add(TwinEvent happened)
    {
        _events = _events.Add(happened);
        Twin = TwinEvolution.Evolve(Twin, happened);
    }

    public Decision.Accepted Decide() => _events.IsEmpty ? Decision.Accepted.Unchanged : new Decision.Accepted(_events);
}
