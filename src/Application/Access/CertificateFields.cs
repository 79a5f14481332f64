using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansIot.Application.Access;

/// <summary>What policies can ask of a certificate.</summary>
public static class CertificateFields
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string IssuerAlternativeName = "2.5.29.18";

    private static readonly Dictionary<string, string> NameParts = new()
    {
        ["2.5.4.3"] = "CommonName",
        ["2.5.4.4"] = "Surname",
        ["2.5.4.5"] = "SerialNumber",
        ["2.5.4.6"] = "Country",
        ["2.5.4.8"] = "State",
        ["2.5.4.10"] = "Organization",
        ["2.5.4.11"] = "OrganizationalUnit",
        ["2.5.4.12"] = "Title",
        ["2.5.4.42"] = "GivenName",
        ["2.5.4.43"] = "Initials",
        ["2.5.4.44"] = "GenerationQualifier",
        ["2.5.4.46"] = "DistinguishedNameQualifier",
        ["2.5.4.65"] = "Pseudonym",
    };

    /// <summary>SHA-256 of the certificate: its id at AWS IoT, and here.</summary>
    public static string IdOf(X509Certificate2 certificate) => Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256));

    /// <summary>By the names that <c>AccessContext</c> takes.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<string>> Of(X509Certificate2 certificate)
    {
        var fields = new Dictionary<string, ImmutableArray<string>>();
        AddName("Subject", certificate.SubjectName);
        AddName("Issuer", certificate.IssuerName);
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Oid?.Value is SubjectAlternativeName or IssuerAlternativeName)
                AddAlternativeNames(extension.Oid.Value == SubjectAlternativeName ? "Subject" : "Issuer", extension.RawData);
        }

        fields["AvailableKeys"] = [.. fields.Keys.Order(StringComparer.Ordinal)];
        fields["SerialNumber"] = [certificate.SerialNumber];
        fields["Id"] = [IdOf(certificate)];
        return fields;

        void AddName(string whose, X500DistinguishedName name)
        {
            foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                if (!part.HasMultipleElements && NameParts.TryGetValue(part.GetSingleElementType().Value ?? "", out var field) && part.GetSingleElementValue() is { } value)
                    Add($"{whose}.{field}", value);
            }
        }

        void AddAlternativeNames(string whose, byte[] der)
        {
            try
            {
                var names = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                    AddAlternativeName($"{whose}.AlternativeName.", names);
            }
            catch (AsnContentException)
            {
                // An authority that is trusted signed it, but it says nothing that could be read: then the field has no value.
            }
        }

        // RFC 5280, 4.2.1.6: GeneralName
        void AddAlternativeName(string prefix, AsnReader names)
        {
            var tag = names.PeekTag();
            switch (tag.TagValue)
            {
                case 1:
                    Add(prefix + "RFC822Name", names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 2:
                    Add(prefix + "DNSName", names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 4:
                    Add(prefix + "DirectoryName", new X500DistinguishedName(names.ReadSequence(tag).ReadEncodedValue().Span).Name);
                    break;
                case 6:
                    Add(prefix + "UniformResourceIdentifier", names.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                    break;
                case 7:
                    if (names.ReadOctetString(tag) is { Length: 4 or 16 } address)
                        Add(prefix + "IPAddress", new IPAddress(address).ToString());
                    break;
                default:
                    names.ReadEncodedValue();
                    break;
            }
        }

        void Add(string field, string value) => fields[field] = fields.TryGetValue(field, out var earlier) ? earlier.Add(value) : [value];
    }
}
