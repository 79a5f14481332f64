using System.Collections.Immutable;

namespace OrleansIot.Domain.Access;

/// <summary>Why a request is allowed or denied.</summary>
/// <param name="Findings">What each statement has to say, in the order they are written.</param>
public sealed record PolicyExplanation(string Request, PolicyDecision Decision, ImmutableArray<string> Findings)
{
    public override string ToString() =>
        string.Join('\n', Findings.IsEmpty ? [$"{Request}: {Decision}", "- there is no policy"] : Findings.Select(finding => $"- {finding}").Prepend($"{Request}: {Decision}"));
}
