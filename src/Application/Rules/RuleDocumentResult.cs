using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansIot.Application.Documents;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>What came of reading a rule document: the rule, or everything that is wrong with it.</summary>
public sealed class RuleDocumentResult
{
    private RuleDocumentResult(Rule? rule, ImmutableArray<DocumentFault> faults)
    {
        Rule = rule;
        Faults = faults;
    }

    public Rule? Rule { get; }

    /// <summary>Empty where <see cref="Rule"/> is there.</summary>
    public ImmutableArray<DocumentFault> Faults { get; }

    [MemberNotNullWhen(true, nameof(Rule))]
    public bool IsValid => Rule is not null;

    internal static RuleDocumentResult Valid(Rule rule) => new(rule, []);

    internal static RuleDocumentResult Invalid(IEnumerable<DocumentFault> faults) => new(null, [.. faults]);
}
