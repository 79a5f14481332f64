using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using OrleansIot.Domain.Access;

namespace OrleansIot.Application.Access;

/// <summary>Policies and credentials as they are at one time. Nothing of it changes; a change makes another one.</summary>
public sealed class AccessEdition
{
    public static readonly AccessEdition Empty = new(
        ImmutableSortedDictionary.Create<string, AccessPolicy>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, Credential>(StringComparer.Ordinal));

    private static readonly ImmutableArray<string> Default = [BuiltInPolicies.Device.Name];
    private static readonly FrozenDictionary<string, Policy> BuiltIn =
        new[] { BuiltInPolicies.Device, BuiltInPolicies.Everything }.ToFrozenDictionary(policy => policy.Name, StringComparer.Ordinal);

    private readonly FrozenDictionary<string, Credential.Token> _tokens;

    // Connections with the same policies share one set.
    private readonly ConcurrentDictionary<(string Names, bool IsOwn, bool AttributesNeedGrant), PolicySet> _sets = new();

    public AccessEdition(ImmutableSortedDictionary<string, AccessPolicy> policies, ImmutableSortedDictionary<string, Credential> credentials)
    {
        (Policies, Credentials) = (policies, credentials);
        HasPasswords = credentials.Values.Any(credential => credential is not Credential.Certificate);
        _tokens = credentials.Values.OfType<Credential.Token>().DistinctBy(token => token.Digest).ToFrozenDictionary(token => token.Digest, StringComparer.Ordinal);
    }

    public ImmutableSortedDictionary<string, AccessPolicy> Policies { get; }

    /// <summary>By <see cref="Credential.Principal"/>.</summary>
    public ImmutableSortedDictionary<string, Credential> Credentials { get; }

    /// <summary>Whether there is anything that a client could give as its password.</summary>
    public bool HasPasswords { get; }

    public static bool IsBuiltIn(string policy) => BuiltIn.ContainsKey(policy);

    public IEnumerable<T> All<T>()
        where T : Credential => Credentials.Values.OfType<T>();

    public Credential? Find(string principal) => Credentials.GetValueOrDefault(principal);

    public Credential.User? FindUser(string name) => Find(Credential.UserPrefix + name) as Credential.User;

    public Credential.Certificate? FindCertificate(string thumbprint) => Find(Credential.CertificatePrefix + thumbprint) as Credential.Certificate;

    public Credential.Token? FindToken(ReadOnlySpan<byte> shown) => BearerToken.IsOne(shown) ? _tokens.GetValueOrDefault(BearerToken.DigestOf(shown)) : null;

    public bool Knows(string policy) => Policies.ContainsKey(policy) || IsBuiltIn(policy);

    /// <summary>Who has the policy attached, in order; the first few.</summary>
    public IReadOnlyList<string> HoldersOf(string policy) =>
        [.. Credentials.Values.Where(credential => credential.Policies.Contains(policy)).Take(5).Select(credential => credential.Principal)];

    public AccessEdition With(AccessPolicy policy) => new(Policies.SetItem(policy.Name, policy), Credentials);

    public AccessEdition With(Credential credential) => new(Policies, Credentials.SetItem(credential.Principal, credential));

    public AccessEdition WithoutPolicy(string name) => new(Policies.Remove(name), Credentials);

    public AccessEdition WithoutCredential(string principal) => new(Policies, Credentials.Remove(principal));

    /// <summary>The policies by which a credential acts under a client id.</summary>
    /// <param name="commonName">Of the certificate that was shown.</param>
    public PolicySet PoliciesOf(Credential credential, string clientId, string? commonName, bool attributesNeedGrant)
    {
        var isOwn = credential.ClientIds.IsEmpty ? clientId == commonName && credential is Credential.Certificate : credential.ClientIds.Contains(clientId);
        return PoliciesNamed(credential.Policies.IsEmpty ? Default : credential.Policies, isOwn, attributesNeedGrant);
    }

    /// <param name="isOwn">
    /// Whether the client id is that of whoever connects: the default policy allows a client what belongs to its id, so without this
    /// it would allow everybody everything, one id at a time.
    /// </param>
    public PolicySet PoliciesNamed(ImmutableArray<string> names, bool isOwn, bool attributesNeedGrant) =>
        _sets.GetOrAdd((string.Join('\n', names), isOwn, attributesNeedGrant), static (key, edition) => PolicySet.Of(edition.Named(key.Names.Split('\n'), key.IsOwn), key.AttributesNeedGrant), this);

    // A name without a policy allows nothing; the document's reader and the API refuse it.
    private IEnumerable<Policy> Named(IEnumerable<string> names, bool isOwn) => names
        .Where(name => isOwn || name != BuiltInPolicies.Device.Name)
        .Select(name => Policies.TryGetValue(name, out var policy) ? policy.Policy : BuiltIn.GetValueOrDefault(name))
        .OfType<Policy>();
}
