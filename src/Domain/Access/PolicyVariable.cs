using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansIot.Domain.Access;

/// <summary>Something known about a connection that a policy can name: <c>${…}</c> in a resource, or the key of a condition.</summary>
public sealed record PolicyVariable
{
    private const string AttributesPrefix = "iot:Connection.Thing.Attributes[";
    private const string CertificatePrefix = "iot:Certificate.";
    private const string AvailableKeys = "AvailableKeys";

    private static readonly FrozenSet<string> NameParts = new[]
    {
        "CommonName", "Organization", "OrganizationalUnit", "Country", "State", "SerialNumber", "DistinguishedNameQualifier", "Title", "Surname",
        "GivenName", "Initials", "Pseudonym", "GenerationQualifier", "AlternativeName.RFC822Name", "AlternativeName.DNSName",
        "AlternativeName.DirectoryName", "AlternativeName.UniformResourceIdentifier", "AlternativeName.IPAddress",
    }.ToFrozenSet();

    private PolicyVariable(string name, PolicyVariableKind kind, string argument = "", int index = 0, bool isList = false) =>
        (Name, Kind, Argument, Index, IsList) = (name, kind, argument, index, isList);

    /// <summary>As it is written, without <c>${ }</c>.</summary>
    public string Name { get; }

    /// <summary>Has any number of values: for a condition with ForAllValues or ForAnyValue, not for a resource.</summary>
    public bool IsList { get; }

    internal PolicyVariableKind Kind { get; }

    /// <summary>The thing's attribute or the certificate's field.</summary>
    internal string Argument { get; }

    /// <summary>Which value of a field that a certificate may hold several times.</summary>
    internal int Index { get; }

    public static bool TryParse(string name, [NotNullWhen(true)] out PolicyVariable? variable)
    {
        variable = name switch
        {
            "iot:ClientId" => new(name, PolicyVariableKind.ClientId),
            "aws:SourceIp" => new(name, PolicyVariableKind.SourceIp),
            "iot:Connection.Thing.ThingName" => new(name, PolicyVariableKind.ThingName),
            "iot:Connection.Thing.ThingTypeName" => new(name, PolicyVariableKind.ThingTypeName),
            "iot:Connection.Thing.IsAttached" => new(name, PolicyVariableKind.ThingIsAttached),
            "iot:CertificateId" => new(name, PolicyVariableKind.Certificate, "Id"),
            "iot:ConnectAttributes" => new(name, PolicyVariableKind.ConnectAttributes, isList: true),
            _ when name.StartsWith(AttributesPrefix, StringComparison.Ordinal) && name.EndsWith(']') && name.Length > AttributesPrefix.Length + 1 =>
                new(name, PolicyVariableKind.ThingAttribute, name[AttributesPrefix.Length..^1]),
            _ when name.StartsWith(CertificatePrefix, StringComparison.Ordinal) => OfCertificate(name, name[CertificatePrefix.Length..]),
            _ => null,
        };
        return variable is not null;
    }

    public static PolicyVariable Parse(string name) =>
        TryParse(name, out var variable) ? variable : throw new FormatException($"'{name}' is not a policy variable.");

    public override string ToString() => Name;

    private static PolicyVariable? OfCertificate(string name, string field)
    {
        if (field is "SerialNumber" or AvailableKeys)
            return new(name, PolicyVariableKind.Certificate, field, isList: field == AvailableKeys);

        var (index, isList) = (0, false);
        var end = field.LastIndexOf('.');
        var last = field[(end + 1)..];
        if (last == "List")
            isList = true;

        if (isList || int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out index))
            field = field[..Math.Max(end, 0)];

        var dot = field.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && field[..dot] is "Subject" or "Issuer" && NameParts.Contains(field[(dot + 1)..])
            ? new(name, PolicyVariableKind.Certificate, field, index, isList)
            : null;
    }
}
