using System.Collections.Immutable;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Application.Rules;

/// <summary>The words of a rule document and what they stand for.</summary>
public static class RuleDocumentWords
{
    public const string Active = "active";
    public const string Inactive = "inactive";

    public static readonly ImmutableArray<(string Word, Severity Meaning)> Severities =
        [("info", Severity.Info), ("warning", Severity.Warning), ("critical", Severity.Critical)];

    public static readonly ImmutableArray<(string Word, AlertTransitions Meaning)> Steps =
        [("triggered", AlertTransitions.Triggered), ("acknowledged", AlertTransitions.Acknowledged), ("resolved", AlertTransitions.Resolved)];

    internal static readonly ImmutableArray<(string Word, bool Meaning)> Activity = [(Active, true), (Inactive, false)];

    internal static readonly ImmutableArray<(string Word, ComparisonOperator Meaning)> Operators =
        [.. Enum.GetValues<ComparisonOperator>().Select(comparison => (RuleCondition.Symbol(comparison), comparison))];

    internal static readonly ImmutableArray<string> Statuses = ["online", "offline", "maintenance"];

    public static string Of(Severity severity) => Severities.First(pair => pair.Meaning == severity).Word;

    public static ImmutableArray<string> Of(AlertTransitions steps) =>
        [.. Steps.Where(pair => steps.HasFlag(pair.Meaning)).Select(pair => pair.Word)];
}
