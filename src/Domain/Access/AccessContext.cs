using System.Collections.Frozen;
using System.Collections.Immutable;

namespace OrleansIot.Domain.Access;

/// <summary>What is known about a connection when a policy is asked: the values of its variables. Made once for each connection.</summary>
public sealed class AccessContext
{
    private static readonly PolicyValue[] No = [];
    private static readonly PolicyValue[] True = PolicyValue.Of("true");
    private static readonly PolicyValue[] False = PolicyValue.Of("false");
    private static readonly PolicyValue[][] Attributes =
    [
        No,
        PolicyValue.Of(nameof(ConnectAttributes.PersistentConnect)),
        PolicyValue.Of(nameof(ConnectAttributes.LastWill)),
        PolicyValue.Of(nameof(ConnectAttributes.PersistentConnect), nameof(ConnectAttributes.LastWill)),
    ];

    /// <summary>Knows nothing, so nearly every variable is unresolved.</summary>
    // After the values above: it is made of them.
    public static readonly AccessContext Nobody = new("");

    // Made when a policy first asks: most name neither, or one of them.
    private PolicyValue[]? _clientId;
    private PolicyValue[]? _sourceIp;
    private readonly PolicyValue[] _thingName = No;
    private readonly PolicyValue[] _thingType = No;
    private readonly FrozenDictionary<string, PolicyValue[]> _thingAttributes = FrozenDictionary<string, PolicyValue[]>.Empty;
    private readonly FrozenDictionary<string, PolicyValue[]> _certificate;

    /// <param name="thing">Counts only where it has the name of the client, as at AWS. None for a request over HTTP.</param>
    /// <param name="certificate">
    /// By field, in the order of the certificate: <c>Id</c>, <c>SerialNumber</c>, <c>AvailableKeys</c>, <c>Subject.CommonName</c>,
    /// <c>Issuer.AlternativeName.DNSName</c> …
    /// </param>
    public AccessContext(
        string clientId,
        SourceAddress? source = null,
        AttachedThing? thing = null,
        IReadOnlyDictionary<string, ImmutableArray<string>>? certificate = null)
    {
        ClientId = clientId;
        Source = source;
        if (thing is not null && thing.Name == clientId)
        {
            IsAttached = true;
            _thingName = ClientIds;
            _thingType = thing.TypeName is { } type ? PolicyValue.Of(type) : No;
            _thingAttributes = thing.Attributes.ToFrozenDictionary(pair => pair.Key, pair => PolicyValue.Of(pair.Value));
        }

        _certificate = certificate?.ToFrozenDictionary(pair => pair.Key, pair => PolicyValue.Of(pair.Value.AsSpan()))
            ?? FrozenDictionary<string, PolicyValue[]>.Empty;
    }

    public string ClientId { get; }

    public SourceAddress? Source { get; }

    /// <summary>Whether the thing of the client's name is attached to its certificate.</summary>
    public bool IsAttached { get; }

    private PolicyValue[] ClientIds => _clientId ??= ClientId.Length > 0 ? PolicyValue.OfClientId(ClientId) : No;

    private PolicyValue[] SourceIps => _sourceIp ??= Source is null ? No : PolicyValue.Of(Source.Text);

    internal ReadOnlySpan<PolicyValue> ValuesOf(PolicyVariable variable, ConnectAttributes asked) => variable.Kind switch
    {
        PolicyVariableKind.ClientId => ClientIds,
        PolicyVariableKind.SourceIp => SourceIps,
        PolicyVariableKind.ThingName => _thingName,
        PolicyVariableKind.ThingTypeName => _thingType,
        PolicyVariableKind.ThingIsAttached => IsAttached ? True : False,
        PolicyVariableKind.ThingAttribute => _thingAttributes.GetValueOrDefault(variable.Argument),
        PolicyVariableKind.ConnectAttributes => Attributes[(int)asked],
        _ => OfCertificate(variable),
    };

    /// <summary>What stands in a resource in place of the variable; null where it cannot be resolved.</summary>
    internal byte[]? Substitute(PolicyVariable variable) =>
        !variable.IsList && ValuesOf(variable, ConnectAttributes.None) is [{ CanSubstitute: true } value, ..] ? value.Utf8 : null;

    private ReadOnlySpan<PolicyValue> OfCertificate(PolicyVariable variable)
    {
        var values = _certificate.GetValueOrDefault(variable.Argument, No).AsSpan();
        return variable.IsList ? values : variable.Index < values.Length ? values.Slice(variable.Index, 1) : [];
    }
}
