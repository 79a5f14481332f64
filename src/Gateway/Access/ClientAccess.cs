using OrleansIot.Domain.Access;
using OrleansIot.Gateway.Connections;

namespace OrleansIot.Gateway.Access;

/// <summary>
/// What one connection may do: its policies asked with what is known of it. On any thread, on each message: allocates nothing.
/// </summary>
/// <param name="refusals">Hears of what was not allowed; null where nobody has to.</param>
internal sealed class ClientAccess(PolicySet policies, AccessContext context, ClientRefusals? refusals = null)
{
    /// <summary>Of a client that has not been let in.</summary>
    public static readonly ClientAccess None = new(PolicySet.Empty, AccessContext.Nobody);

    private volatile PolicySet _policies = policies;

    /// <summary>Policies may change under an open connection; what is asked from then on goes by the new ones.</summary>
    public PolicySet Policies
    {
        get => _policies;
        set => _policies = value;
    }

    public AccessContext Context { get; } = context;

    public Principal Principal { get; init; } = Principal.Anonymous;

    public ShownCertificate? Certificate { get; init; }

    /// <summary>Set while it is open.</summary>
    public ClientConnection? Connection { get; set; }

    /// <summary>What CONNECT asked for, to ask again when policies change.</summary>
    public ConnectAttributes Attributes { get; init; }

    public ClientRefusals? Refusals => refusals;

    public bool MayPublish(ReadOnlySpan<byte> topic, bool retain)
    {
        if (Allows(PolicyRequest.Publish(topic)) && (!retain || Allows(PolicyRequest.RetainPublish(topic))))
            return true;

        if (refusals is { EndsConnection: true })
            Connection?.Close(AccessCloseReason.PublishRefused);
        return false;
    }

    /// <param name="filter">As the client wrote it, without <c>$share/…/</c>.</param>
    public PolicyVerdict MaySubscribe(ReadOnlySpan<byte> filter)
    {
        var decision = Decide(PolicyRequest.Subscribe(filter));
        if (!decision.IsAllowed)
            refusals?.Metrics.SubscriptionRefused();
        return decision.Verdict;
    }

    /// <summary>Asked on each delivery, so that what is revoked ends existing subscriptions too.</summary>
    public bool MayReceive(ReadOnlySpan<byte> topic) => _policies.Evaluate(PolicyRequest.Receive(topic), Context).IsAllowed;

    private bool Allows(in PolicyRequest request) => Decide(request).IsAllowed;

    private PolicyDecision Decide(in PolicyRequest request)
    {
        var decision = _policies.Evaluate(request, Context);
        if (!decision.IsAllowed)
            refusals?.Tell(this, request, decision);

        return decision;
    }
}
