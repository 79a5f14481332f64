using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansIot.Application.Access;

namespace OrleansIot.Application.Tests.Access;

public sealed class CertificateFieldsTests
{
    [Fact]
    public void A_certificate_tells_policies_its_names_in_its_own_order()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationalUnitName("first");
        subject.AddOrganizationalUnitName("second");
        subject.AddCommonName("pump-1");
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("pump-1.example");
        names.AddEmailAddress("a@b.example");
        names.AddIpAddress(IPAddress.Parse("192.0.2.7"));
        names.AddUri(new Uri("urn:pump:1"));
        names.AddUserPrincipalName("not@asked.example");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

        var fields = CertificateFields.Of(certificate);

        Assert.Equal(["pump-1"], fields["Subject.CommonName"]);
        Assert.Equal(EncodedUnits(certificate), fields["Subject.OrganizationalUnit"]);
        Assert.Equal(fields["Subject.OrganizationalUnit"].AsEnumerable(), fields["Issuer.OrganizationalUnit"]);
        Assert.Equal(["pump-1.example"], fields["Subject.AlternativeName.DNSName"]);
        Assert.Equal(["a@b.example"], fields["Subject.AlternativeName.RFC822Name"]);
        Assert.Equal(["192.0.2.7"], fields["Subject.AlternativeName.IPAddress"]);
        Assert.Equal(["urn:pump:1"], fields["Subject.AlternativeName.UniformResourceIdentifier"]);
        Assert.Equal([certificate.SerialNumber], fields["SerialNumber"]);
        Assert.Equal([Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))], fields["Id"]);
        Assert.Contains("Subject.CommonName", fields["AvailableKeys"]);
    }

    // As it lies in the bytes, whichever way the builder put it there.
    private static string[] EncodedUnits(X509Certificate2 certificate)
    {
        var der = System.Text.Encoding.Latin1.GetString(certificate.SubjectName.RawData);
        return [.. new[] { "first", "second" }.OrderBy(unit => der.IndexOf(unit, StringComparison.Ordinal))];
    }

    [Fact]
    public void An_alternative_name_that_cannot_be_read_has_no_value()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=pump-1", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 0x05, 0x82, 0x7F, 0x61], critical: false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

        var fields = CertificateFields.Of(certificate);

        Assert.Equal(["pump-1"], fields["Subject.CommonName"]);
        Assert.DoesNotContain("Subject.AlternativeName.DNSName", fields.Keys);
    }
}
