using System.Collections.Immutable;

namespace OrleansIot.Application.Access;

/// <summary>What came of reading an access document: the edition, or everything that is wrong with it.</summary>
public sealed record AccessDocumentResult(AccessEdition? Edition, ImmutableArray<PolicyDocumentFault> Faults);
