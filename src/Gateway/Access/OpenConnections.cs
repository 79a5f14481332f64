using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansIot.Application.Access;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Domain.Access;
using OrleansIot.Gateway.Connections;

namespace OrleansIot.Gateway.Access;

/// <summary>
/// The connections that are open, and what each was let in by. When access changes they are reviewed: what they may do follows the
/// new policies, and who would not be let in any more has to go.
/// </summary>
internal sealed class OpenConnections : IGatewayAccess, IDisposable
{
    private readonly ConcurrentDictionary<ClientAccess, byte> _all = new();
    private readonly Lock _reviewing = new();
    private readonly AccessBook _book;
    private readonly PrincipalPolicies _policies;
    private readonly AccessMetrics _metrics;
    private readonly ILogger<OpenConnections> _logger;

    public OpenConnections(AccessBook book, PrincipalPolicies policies, AccessMetrics metrics, ILogger<OpenConnections> logger)
    {
        (_book, _policies, _metrics, _logger) = (book, policies, metrics, logger);
        _book.Changed += Review;
    }

    public bool ConnectAttributesNeedGrant => _policies.ConnectAttributesNeedGrant;

    public string? AnonymousPolicy => _policies.AnonymousPolicy;

    public (string Principal, PolicySet Policies, AccessContext Context)? Find(string clientId)
    {
        // For a person who asks, so a walk will do.
        var client = _all.Keys.FirstOrDefault(client => client.Context.ClientId == clientId);
        return client is null ? null : (client.Principal.Name, client.Policies, client.Context);
    }

    /// <summary>Enters a connection, until it is told that it is left.</summary>
    public void Enter(ClientAccess client, ClientConnection connection)
    {
        client.Connection = connection;
        _all.TryAdd(client, 0);

        // What changed between the door and here has been reviewed without it; under the lock, or an older answer might come last.
        lock (_reviewing)
            Review(client);
    }

    public void Leave(ClientAccess client) => _all.TryRemove(client, out _);

    /// <summary>Ends the connections whose token has run out.</summary>
    public void EndExpired(DateTimeOffset now)
    {
        foreach (var (client, _) in _all)
        {
            if (client.Principal.Credential is Credential.Token token && token.IsExpired(now))
                Revoke(client, "token-expired", AccessCloseReason.TokenExpired);
        }
    }

    public void Dispose() => _book.Changed -= Review;

    private void Review()
    {
        // One after the other: the last to run goes by the last edition.
        lock (_reviewing)
        {
            foreach (var (client, _) in _all)
                Review(client);
        }
    }

    private void Review(ClientAccess client)
    {
        var edition = _book.Current;
        if (client.Certificate is { } shown && edition.FindCertificate(shown.Id) is { Status: not CertificateStatus.Active })
        {
            Revoke(client, "certificate-inactive", AccessCloseReason.CredentialRevoked);
            return;
        }

        Credential? now = null;
        if (client.Principal.Credential is { } credential)
        {
            now = edition.Find(credential.Principal);
            if (now?.Secret != credential.Secret && !IsTrustedForItsAuthority(credential, now))
            {
                Revoke(client, "credential-changed", AccessCloseReason.CredentialRevoked);
                return;
            }
        }

        client.Policies = _policies.Of(client.Principal, client.Context.ClientId, client.Certificate?.CommonName, now);
        var connect = PolicyRequest.Connect(Encoding.UTF8.GetBytes(client.Context.ClientId), client.Attributes);
        if (!client.Policies.Evaluate(connect, client.Context).IsAllowed)
            Revoke(client, "not-authorized", AccessCloseReason.NoLongerAllowed);
    }

    // Came in unregistered, and still is.
    private static bool IsTrustedForItsAuthority(Credential credential, Credential? now) => now is null && credential is Credential.Certificate { IsOfAuthority: true };

    private void Revoke(ClientAccess client, string tag, CloseReason reason)
    {
        // At once, whatever is still in its socket.
        client.Policies = PolicySet.Empty;
        if (!_all.TryRemove(client, out _))
            return;

        _metrics.Revoked(tag);
        _logger.Revoked(client.Context.ClientId, client.Principal.Name, client.Refusals?.RemoteEndPoint, reason.Text);
        client.Connection?.Close(reason);
    }
}
