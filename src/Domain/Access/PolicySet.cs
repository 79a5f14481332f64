using System.Collections.Immutable;
using System.Numerics;

namespace OrleansIot.Domain.Access;

/// <summary>
/// All policies that count for a connection, arranged by action. A deny in any of them wins; what none allows is denied. Holds
/// nothing of a connection, so that connections with the same policies share one.
/// </summary>
public sealed class PolicySet
{
    public static readonly PolicySet Empty = new([], false);

    private readonly Entry[][] _denies;
    private readonly Entry[][] _allows;

    private PolicySet(ImmutableArray<Policy> policies, bool connectAttributesNeedGrant)
    {
        (Policies, ConnectAttributesNeedGrant) = (policies, connectAttributesNeedGrant);
        _denies = Arrange(PolicyEffect.Deny);
        _allows = Arrange(PolicyEffect.Allow);

        Entry[][] Arrange(PolicyEffect effect) =>
        [
            .. PolicyActionNames.All.Select(action => policies
                .SelectMany(policy => policy.Statements, (policy, statement) => new Entry(policy, statement))
                .Where(entry => entry.Statement.Effect == effect && entry.Statement.Actions.HasFlag(action))
                .ToArray()),
        ];
    }

    public ImmutableArray<Policy> Policies { get; }

    /// <summary>
    /// As AWS does: a persistent session or a will is allowed only by a statement that speaks of <c>iot:ConnectAttributes</c>, not by
    /// a mere <c>iot:Connect</c>.
    /// </summary>
    public bool ConnectAttributesNeedGrant { get; }

    public static PolicySet Of(IEnumerable<Policy> policies, bool connectAttributesNeedGrant = false) =>
        new([.. policies], connectAttributesNeedGrant);

    /// <summary>Asked on each delivery: allocates nothing.</summary>
    public PolicyDecision Evaluate(in PolicyRequest request, AccessContext context)
    {
        var action = BitOperations.Log2((uint)request.Action);
        foreach (var (policy, statement) in _denies[action])
        {
            if (statement.Concerns(request, context))
                return new(PolicyVerdict.Denied, policy, statement);
        }

        foreach (var (policy, statement) in _allows[action])
        {
            if (statement.Concerns(request, context) && !LacksGrant(request, statement))
                return new(PolicyVerdict.Allowed, policy, statement);
        }

        return new(PolicyVerdict.NotAllowed, null, null);
    }

    /// <summary>The decision and, statement by statement, why: for people, not for each message.</summary>
    public PolicyExplanation Explain(in PolicyRequest request, AccessContext context)
    {
        var findings = ImmutableArray.CreateBuilder<string>();
        foreach (var policy in Policies)
        {
            foreach (var statement in policy.Statements)
                findings.Add($"{policy.NameOf(statement)} of policy \"{policy.Name}\" {PolicyReasons.Of(statement, request, context, LacksGrant(request, statement))}");
        }

        return new PolicyExplanation(request.ToString(), Evaluate(request, context), findings.DrainToImmutable());
    }

    private bool LacksGrant(in PolicyRequest request, PolicyStatement statement) =>
        ConnectAttributesNeedGrant
        && request.Attributes != ConnectAttributes.None
        && statement is { Effect: PolicyEffect.Allow, SpeaksOfConnectAttributes: false };

    private sealed record Entry(Policy Policy, PolicyStatement Statement);
}
