using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access.Ports;

/// <summary>Tells how the gateway of this process goes by the access document, and what a client that is connected to it may do.</summary>
public interface IGatewayAccess
{
    /// <summary>See <see cref="PolicySet.ConnectAttributesNeedGrant"/>.</summary>
    bool ConnectAttributesNeedGrant { get; }

    /// <summary>Name of the policy of clients without credentials; null where none are let in.</summary>
    string? AnonymousPolicy { get; }

    /// <summary>Null where no client of that id is connected here.</summary>
    (string Principal, PolicySet Policies, AccessContext Context)? Find(string clientId);
}
