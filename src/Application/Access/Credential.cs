using System.Collections.Immutable;

namespace OrleansIot.Application.Access;

/// <summary>What somebody shows to be let in, and what it is good for.</summary>
public abstract record Credential
{
    public const string UserPrefix = "user/";
    public const string CertificatePrefix = "certificate/";
    public const string TokenPrefix = "token/";

    private Credential(string prefix, string id, ImmutableArray<string> policies, ImmutableArray<string> clientIds) =>
        (Principal, Id, Policies, ClientIds) = (prefix + id, id, policies, clientIds);

    /// <summary>Names it among all: <c>user/pump-1</c>, <c>certificate/…</c>, <c>token/…</c>.</summary>
    public string Principal { get; }

    public string Id { get; }

    /// <summary>Names of the policies that count. None: the default one of a device.</summary>
    public ImmutableArray<string> Policies { get; init; }

    /// <summary>The client ids that are its own, and for which <c>default-device</c> counts.</summary>
    public ImmutableArray<string> ClientIds { get; init; }

    /// <summary>What a client shows of it, or proves to have. Where it changes, whoever came in by the old one has to go.</summary>
    public abstract string Secret { get; }

    public sealed record User(string Name, PasswordHash Password, ImmutableArray<string> Policies, ImmutableArray<string> ClientIds)
        : Credential(UserPrefix, Name, Policies, ClientIds.IsEmpty ? [Name] : ClientIds)
    {
        public override string Secret => Password.Text;
    }

    /// <param name="Thumbprint">SHA-256 of the certificate in lower-case hexadecimal, which is its id at AWS IoT.</param>
    /// <param name="Things">Attached to it: the client ids that are its own. Where there are none, its subject's common name is.</param>
    /// <param name="Pem">The certificate, where it is known; for people and for explanations.</param>
    public sealed record Certificate(
        string Thumbprint, CertificateStatus Status, ImmutableArray<string> Policies, ImmutableArray<string> Things, string? Pem = null)
        : Credential(CertificatePrefix, Thumbprint, Policies, Things)
    {
        /// <summary>Let in for who signed it, without having been registered.</summary>
        public bool IsOfAuthority { get; init; }

        public override string Secret => Thumbprint;
    }

    /// <param name="Digest">See <see cref="BearerToken.DigestOf(string)"/>.</param>
    public sealed record Token(string Name, string Digest, DateTimeOffset? Expires, ImmutableArray<string> Policies, ImmutableArray<string> ClientIds)
        : Credential(TokenPrefix, Name, Policies, ClientIds)
    {
        public override string Secret => Digest;

        public bool IsExpired(DateTimeOffset now) => Expires <= now;
    }
}
