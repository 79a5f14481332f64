using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Access;
using OrleansIot.Domain.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>The policies in force for a principal that acts under a client id.</summary>
internal sealed class PrincipalPolicies(AccessBook book, AccessKey key, IOptions<ClientAccessOptions> options)
{
    private static readonly ImmutableArray<string> Everything = [BuiltInPolicies.Everything.Name];

    private readonly ImmutableArray<string> _anonymous = [options.Value.AnonymousPolicy];

    public bool ConnectAttributesNeedGrant { get; } = options.Value.RequireConnectAttributes;

    /// <summary>Null where nobody comes in without credentials.</summary>
    public string? AnonymousPolicy { get; } = key.IsConfigured || options.Value.Anonymous == AnonymousAccess.Never ? null : options.Value.AnonymousPolicy;

    /// <param name="credential">As it is now; where null, as it was when the principal came in.</param>
    public PolicySet Of(Principal principal, string clientId, string? commonName, Credential? credential = null)
    {
        if ((credential ?? principal.Credential) is { } own)
            return book.Current.PoliciesOf(own, clientId, commonName, ConnectAttributesNeedGrant);

        // A visitor has no id of its own, and the default policy for whichever it takes is what one chose who named it for visitors.
        return book.Current.PoliciesNamed(principal == Principal.Anonymous ? _anonymous : Everything, isOwn: true, ConnectAttributesNeedGrant);
    }
}
