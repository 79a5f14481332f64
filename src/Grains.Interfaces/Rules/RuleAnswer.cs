using System.Collections.Immutable;

namespace OrleansIot.Grains.Interfaces.Rules;

/// <summary>What became of a change of a rule.</summary>
/// <param name="Code">Stable; <c>ok</c> where it was done.</param>
/// <param name="Rule">The rule as it is now; null where there is none.</param>
/// <param name="Faults">What is wrong with the document, each with its mend; for people.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.rule-answer")]
public sealed record RuleAnswer(
    [property: Id(0)] string Code,
    [property: Id(1)] RuleDefinition? Rule,
    [property: Id(2)] ImmutableArray<string> Faults);
