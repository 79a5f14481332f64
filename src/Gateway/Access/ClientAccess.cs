using OrleansIot.Domain.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>
/// What one connection may do: its policies asked with what is known of it. On any thread, on each message: allocates nothing.
/// </summary>
internal sealed class ClientAccess(PolicySet policies, AccessContext context)
{
    private volatile PolicySet _policies = policies;

    /// <summary>Policies may change under an open connection; what is asked from then on goes by the new ones.</summary>
    public PolicySet Policies
    {
        get => _policies;
        set => _policies = value;
    }

    public AccessContext Context { get; } = context;

    public bool MayPublish(ReadOnlySpan<byte> topic, bool retain) =>
        Allows(PolicyRequest.Publish(topic)) && (!retain || Allows(PolicyRequest.RetainPublish(topic)));

    /// <param name="filter">As the client wrote it, without <c>$share/…/</c>.</param>
    public bool MaySubscribe(ReadOnlySpan<byte> filter) => Allows(PolicyRequest.Subscribe(filter));

    /// <summary>Asked on each delivery, so that what is revoked ends existing subscriptions too.</summary>
    public bool MayReceive(ReadOnlySpan<byte> topic) => Allows(PolicyRequest.Receive(topic));

    private bool Allows(in PolicyRequest request) => _policies.Evaluate(request, Context).IsAllowed;
}
