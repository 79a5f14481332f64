using System.Collections.Immutable;

namespace OrleansIot.Application.Access;

/// <summary>What came of another look at the stored document.</summary>
/// <param name="IsNew">It has changed, for better or worse, since the last look.</param>
/// <param name="Faults">Why what it says is not in force; the former edition is.</param>
public readonly record struct AccessRefresh(bool IsNew, ImmutableArray<PolicyDocumentFault> Faults)
{
    public static readonly AccessRefresh Unchanged = new(false, []);
}
