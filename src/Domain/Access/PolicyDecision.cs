namespace OrleansIot.Domain.Access;

/// <summary>The answer to a request, and the statement that gave it; none where nothing matched.</summary>
public readonly record struct PolicyDecision(PolicyVerdict Verdict, Policy? Policy, PolicyStatement? Statement)
{
    public bool IsAllowed => Verdict == PolicyVerdict.Allowed;

    /// <summary><c>denied by statement 2 of policy "fleet"</c></summary>
    public override string ToString() => (Policy, Statement) is ({ } policy, { } statement)
        ? $"{(IsAllowed ? "allowed" : "denied")} by {policy.NameOf(statement)} of policy \"{policy.Name}\""
        : "denied: no statement allows it";
}
