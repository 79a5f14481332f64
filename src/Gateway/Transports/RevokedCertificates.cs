using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OrleansIot.Gateway.Transports;

/// <summary>
/// What authorities have revoked, from their lists (RFC 5280, 5). .NET checks lists only from the network or the machine's store,
/// and can build but not read one; so a list is read here, once its signature holds.
/// </summary>
internal sealed class RevokedCertificates
{
    private const string PemLabel = "X509 CRL";

    public static readonly RevokedCertificates None = new();

    // By issuer and serial number, both in hexadecimal of their DER content.
    private readonly HashSet<(string Issuer, string Serial)> _revoked = [];

    private RevokedCertificates()
    {
    }

    public int Count => _revoked.Count;

    /// <summary>Null, and what is wrong, where any of it cannot be relied on.</summary>
    public static (RevokedCertificates? Revoked, string? Fault) Read(ReadOnlyMemory<byte> file, X509Certificate2Collection authorities)
    {
        var revoked = new RevokedCertificates();
        try
        {
            var lists = Lists(file);
            if (lists.Count == 0)
                return (null, $"which holds no revocation list (PEM '{PemLabel}' or DER).");

            foreach (var list in lists)
            {
                if (revoked.Add(list, authorities) is { } fault)
                    return (null, fault);
            }

            return (revoked, null);
        }
        catch (Exception unfit) when (unfit is AsnContentException or CryptographicException or FormatException)
        {
            return (null, $"which holds no revocation list that can be read: {unfit.Message}");
        }
    }

    public bool Contains(X509Certificate2 certificate) =>
        _revoked.Count > 0 && _revoked.Contains((Convert.ToHexString(certificate.IssuerName.RawData), Serial(certificate.SerialNumberBytes.Span)));

    private static List<ReadOnlyMemory<byte>> Lists(ReadOnlyMemory<byte> file)
    {
        // DER begins with the tag of a sequence, PEM with text.
        if (file.Span is [0x30, ..])
            return [file];

        List<ReadOnlyMemory<byte>> lists = [];
        var text = Encoding.UTF8.GetString(file.Span).AsSpan();
        while (PemEncoding.TryFind(text, out var found))
        {
            if (text[found.Label] is PemLabel)
                lists.Add(Convert.FromBase64String(text[found.Base64Data].ToString()));
            text = text[found.Location.End..];
        }

        return lists;
    }

    private string? Add(ReadOnlyMemory<byte> encoded, X509Certificate2Collection authorities)
    {
        var list = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        var signed = list.PeekEncodedValue();
        var content = list.ReadSequence();
        var algorithm = list.ReadSequence().ReadObjectIdentifier();
        var signature = list.ReadBitString(out _);

        if (content.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            content.ReadInteger(); // version
        content.ReadSequence(); // the algorithm once more
        var issuer = content.ReadEncodedValue();
        if (!authorities.Any(authority => issuer.Span.SequenceEqual(authority.SubjectName.RawData) && IsSignedBy(authority, algorithm, signed.Span, signature)))
            return $"which is not signed (RSA or ECDSA with SHA-2) by an authority of client certificates: its issuer is '{new X500DistinguishedName(issuer.Span).Name}'.";

        ReadTime(content); // thisUpdate
        if (content.HasData && IsTime(content.PeekTag()))
            ReadTime(content); // nextUpdate

        var issuerKey = Convert.ToHexString(issuer.Span);
        if (content.HasData && content.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            var entries = content.ReadSequence();
            while (entries.HasData)
                _revoked.Add((issuerKey, Serial(entries.ReadSequence().ReadIntegerBytes().Span)));
        }

        return content.HasData && HasCriticalExtension(content) ? "which is a list of changes or of a part: give the whole list of the authority." : null;
    }

    // 5.2: a list must not be used when a critical extension is not understood; those there are make it partial or indirect.
    private static bool HasCriticalExtension(AsnReader content)
    {
        var extensions = content.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence();
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean())
                return true;
        }

        return false;
    }

    private static bool IsSignedBy(X509Certificate2 authority, string algorithm, ReadOnlySpan<byte> signed, byte[] signature)
    {
        (bool IsRsa, HashAlgorithmName Hash)? known = algorithm switch
        {
            "1.2.840.10045.4.3.2" => (false, HashAlgorithmName.SHA256),
            "1.2.840.10045.4.3.3" => (false, HashAlgorithmName.SHA384),
            "1.2.840.10045.4.3.4" => (false, HashAlgorithmName.SHA512),
            "1.2.840.113549.1.1.11" => (true, HashAlgorithmName.SHA256),
            "1.2.840.113549.1.1.12" => (true, HashAlgorithmName.SHA384),
            "1.2.840.113549.1.1.13" => (true, HashAlgorithmName.SHA512),
            _ => null,
        };
        if (known is not var (isRsa, hash))
            return false;

        using var rsa = isRsa ? authority.GetRSAPublicKey() : null;
        using var ecdsa = isRsa ? null : authority.GetECDsaPublicKey();
        return rsa?.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1)
            ?? ecdsa?.VerifyData(signed, signature, hash, DSASignatureFormat.Rfc3279DerSequence)
            ?? false;
    }

    private static void ReadTime(AsnReader content)
    {
        if (content.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime))
            content.ReadUtcTime();
        else
            content.ReadGeneralizedTime();
    }

    private static bool IsTime(Asn1Tag tag) => tag.HasSameClassAndValue(Asn1Tag.UtcTime) || tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime);

    private static string Serial(ReadOnlySpan<byte> number) => Convert.ToHexString(number.TrimStart((byte)0));
}
