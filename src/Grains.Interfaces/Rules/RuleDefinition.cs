namespace OrleansIot.Grains.Interfaces.Rules;

/// <summary>A rule as it is in force.</summary>
/// <param name="Document">The rule document, JSON.</param>
/// <param name="Version">1 for the first definition, one more with each change.</param>
[GenerateSerializer, Immutable, Alias("orleansiot.rule-definition")]
public sealed record RuleDefinition([property: Id(0)] string Document, [property: Id(1)] long Version);
