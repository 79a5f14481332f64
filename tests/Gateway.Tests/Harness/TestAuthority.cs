using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>Issues certificates, and keeps what a gateway reads in a folder of its own.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddYears(-1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-tests-");
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "The tests' authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(Start, Start.AddYears(10));
        File.WriteAllText(RootPath, _root.ExportCertificatePem());
    }

    public string RootPath => Path.Combine(_folder.FullName, "ca.pem");

    public string CertificatePath => Path.Combine(_folder.FullName, "gateway.pem");

    public string KeyPath => Path.Combine(_folder.FullName, "gateway.key");

    public string PassphrasePath => Path.Combine(_folder.FullName, "passphrase");

    public string RevocationPath => Path.Combine(_folder.FullName, "revoked.crl");

    /// <summary>What a client of the gateway trusts.</summary>
    public X509ChainPolicy Trust()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_root);
        return policy;
    }

    /// <summary>Writes a new certificate of the gateway, and its key; answers its thumbprint.</summary>
    public string RenewGateway()
    {
        using var certificate = Issue("localhost");
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        return certificate.Thumbprint;
    }

    /// <summary>Writes a certificate of the gateway from an authority below this one, with that one behind it.</summary>
    public void RenewGatewayBelowAnother()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=An authority between", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var bare = request.Create(_root, Start, Start.AddYears(5), RandomNumberGenerator.GetBytes(16));
        using var between = bare.CopyWithPrivateKey(key);
        using var certificate = Issue("localhost", by: between);
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem() + "\n" + between.ExportCertificatePem());
        using var own = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(KeyPath, own.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Writes the gateway's key anew, under a passphrase.</summary>
    public void EncryptKey(string passphrase)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(KeyPath));
        File.WriteAllText(KeyPath, key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000)));
    }

    /// <summary>Writes the list of what is revoked.</summary>
    public void Revoke(bool asPem, params X509Certificate2[] certificates)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in certificates)
            builder.AddEntry(certificate);
        var list = builder.Build(_root, 1, Start.AddYears(5), HashAlgorithmName.SHA256);
        if (asPem)
            File.WriteAllText(RevocationPath, PemEncoding.WriteString("X509 CRL", list));
        else
            File.WriteAllBytes(RevocationPath, list);
    }

    /// <param name="by">The authority; null for this one.</param>
    public X509Certificate2 Issue(string name, bool isExpired = false, X509Certificate2? by = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(by ?? _root, by is null, by is not null));
        using var issued = request.Create(by ?? _root, Start, isExpired ? Start.AddMonths(1) : Start.AddYears(5), RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>Writes a new certificate of a client, and its key.</summary>
    public (string CertificatePath, string KeyPath) IssueFiles(string name)
    {
        using var certificate = Issue(name);
        using var key = certificate.GetECDsaPrivateKey()!;
        var (certificatePath, keyPath) = (Path.Combine(_folder.FullName, $"{name}.pem"), Path.Combine(_folder.FullName, $"{name}.key"));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }

    /// <summary>Settings by which a gateway uses the certificate, on a free port.</summary>
    public string[] Settings(string listener = "Tls", params string[] more) =>
        [$"--Gateway:{listener}:Port", "0", "--Gateway:Tls:CertificatePath", CertificatePath, "--Gateway:Tls:KeyPath", KeyPath, .. more];

    public string[] MutualSettings(string clientCertificates) =>
        Settings("Tls", "--Gateway:Tls:ClientCertificates", clientCertificates, "--Gateway:Tls:ClientCaPath", RootPath);

    public void Dispose()
    {
        _root.Dispose();
        _folder.Delete(recursive: true);
    }
}
