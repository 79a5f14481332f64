using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access;

/// <summary>What came of reading a policy document: the policy, or everything that is wrong with it.</summary>
public sealed class PolicyDocumentResult
{
    private PolicyDocumentResult(Policy? policy, ImmutableArray<PolicyDocumentFault> faults)
    {
        Policy = policy;
        Faults = faults;
    }

    public Policy? Policy { get; }

    /// <summary>Empty where <see cref="Policy"/> is there.</summary>
    public ImmutableArray<PolicyDocumentFault> Faults { get; }

    [MemberNotNullWhen(true, nameof(Policy))]
    public bool IsValid => Policy is not null;

    internal static PolicyDocumentResult Valid(Policy policy) => new(policy, []);

    internal static PolicyDocumentResult Invalid(IEnumerable<PolicyDocumentFault> faults) => new(null, [.. faults]);
}
