using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using OrleansIot.Application.Access;
using OrleansIot.Gateway.Connections;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Access;

/// <summary>
/// Finds out who a client is. What it says in CONNECT counts before the certificate that its TLS showed: the access key or a token
/// as the password, whatever the user name; a user's name and password. Without any of it, it is anybody.
/// </summary>
internal sealed class Doorkeeper(
    AccessBook book, AccessKey key, LocalKey local, PasswordChecks passwords, IOptions<ClientAccessOptions> options, TimeProvider time)
{
    public async ValueTask<Identification> Identify(ConnectRequest request, ConnectionContext connection, ShownCertificate? shown)
    {
        var registered = shown is null ? null : book.Current.FindCertificate(shown.Id);
        if (registered is { Status: not CertificateStatus.Active })
        {
            // Whatever else the client has: whoever took the certificate's key may have taken that too.
            return Identification.Refused(MqttReasonCode.NotAuthorized, "certificate-inactive", $"the certificate {shown!.Id} is {AccessDocument.WordOf(registered.Status)}");
        }

        if (local.Admits(request.Password))
            return Principal.Local;

        // A user name alone is no credential: AWS IoT's device libraries tell their version in it.
        if (request.Password.Length > 0 && ComparesPasswords)
            return await ByPassword(request, connection.ConnectionClosed);
        if (BearerOf(connection) is { } token)
            return ByToken(token) is { } known ? known : Identification.Refused(MqttReasonCode.NotAuthorized, "unknown-token", "the bearer token is not a valid one");
        if (registered is not null)
            return Principal.Of(registered);
        if (shown is not null && options.Value.TrustCertificatesOfCa)
            return Principal.Of(new Credential.Certificate(shown.Id, CertificateStatus.Active, [], []) { IsOfAuthority = true });

        return Anonymous(connection, shown);
    }

    // As brokers do that know of no passwords: what a client gives is not looked at, and it is anybody.
    private bool ComparesPasswords => key.IsConfigured || options.Value.Anonymous == AnonymousAccess.Never || book.Current.HasPasswords;

    private async ValueTask<Identification> ByPassword(ConnectRequest request, CancellationToken gone)
    {
        if (key.IsConfigured && key.Admits(request.Password))
            return Principal.Operator;
        if (BearerToken.IsOne(request.Password))
            return ByToken(request.Password) is { } known ? known : Identification.Refused(MqttReasonCode.BadUserNameOrPassword, "unknown-token", "the token is not a valid one");

        var user = book.Current.FindUser(request.UserName);
        return await passwords.Match(user, request.Password, gone) switch
        {
            true => Principal.Of(user!),
            null => Identification.Refused(MqttReasonCode.ServerBusy, "busy", "too many passwords wait to be checked; connect again later"),
            false => Identification.Refused(MqttReasonCode.BadUserNameOrPassword, "wrong-password", "the user name and the password do not belong together"),
        };
    }

    private Principal? ByToken(ReadOnlySpan<byte> shown) =>
        book.Current.FindToken(shown) is { } token && !token.IsExpired(time.GetUtcNow()) ? Principal.Of(token) : null;

    private Identification Anonymous(ConnectionContext connection, ShownCertificate? shown)
    {
        var hint = shown is null ? "" : $" (its certificate {shown.Id} is not registered)";
        if (key.IsConfigured)
            return Refused($"this server wants its access key, or credentials of the client, as the password{hint}");
        if (options.Value.Anonymous == AnonymousAccess.Never)
            return Refused($"this server lets in nobody without credentials{hint}");

        // ListenAddressRule keeps every listener on this machine; this is for what may have been forwarded to it all the same.
        if (!IsLoopback(connection) || !WebSocketOrigin.IsLocal(connection.Features.Get<IHttpRequestFeature>()?.Headers))
            return Refused($"only clients on this machine come in without credentials{hint}");

        return Principal.Anonymous;

        static Identification Refused(string reason) => Identification.Refused(MqttReasonCode.NotAuthorized, "no-credentials", reason);
    }

    private static bool IsLoopback(ConnectionContext connection) =>
        connection.RemoteEndPoint is IPEndPoint remote
        && IPAddress.IsLoopback(remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address);

    /// <summary>Of the request that became a WebSocket.</summary>
    private static byte[]? BearerOf(ConnectionContext connection)
    {
        const string Scheme = "Bearer ";
        var header = connection.Features.Get<IHttpRequestFeature>()?.Headers[HeaderNames.Authorization].ToString() ?? "";
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()) : null;
    }
}
