using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Access;
using OrleansIot.Domain.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>The policies in force for a principal that acts under a client id.</summary>
internal sealed class PrincipalPolicies(AccessBook book, IOptions<ClientAccessOptions> options)
{
    private static readonly ImmutableArray<string> Everything = [BuiltInPolicies.Everything.Name];

    private readonly ImmutableArray<string> _anonymous = [options.Value.AnonymousPolicy];

    /// <param name="credential">As it is now; where null, as it was when the principal came in.</param>
    public PolicySet Of(Principal principal, string clientId, string? commonName, Credential? credential = null)
    {
        var needGrant = options.Value.RequireConnectAttributes;
        if ((credential ?? principal.Credential) is { } own)
            return book.Current.PoliciesOf(own, clientId, commonName, needGrant);

        // A visitor has no id of its own, and the default policy for whichever it takes is what one chose who named it for visitors.
        return book.Current.PoliciesNamed(principal == Principal.Anonymous ? _anonymous : Everything, isOwn: true, needGrant);
    }
}
