using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansIot.TestKit.Peers;

/// <summary>An authority of its own in a folder of its own: PEM files for a server on loopback and for its clients.</summary>
public sealed class PeerCertificates : IDisposable
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, default);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("peer-certificates-");
    private readonly X509Certificate2 _root;

    public PeerCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of the tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(Start, Start.AddYears(29));
        File.WriteAllText(CaPath, _root.ExportCertificatePem());
    }

    public string CaPath => Path.Combine(_folder.FullName, "ca.pem");

    /// <summary>Issues a certificate for <c>localhost</c> and 127.0.0.1 under that common name, good for either end.</summary>
    public (string CertificatePath, string KeyPath) Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        using var issued = request.Create(_root, Start, Start.AddYears(28), RandomNumberGenerator.GetBytes(16));
        var (certificatePath, keyPath) = (Path.Combine(_folder.FullName, $"{name}.pem"), Path.Combine(_folder.FullName, $"{name}.key"));
        File.WriteAllText(certificatePath, issued.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return (certificatePath, keyPath);
    }

    /// <summary>Lines of mosquitto's configuration: TLS, and only for who shows a certificate of this authority.</summary>
    public string[] MosquittoSettings()
    {
        var (certificatePath, keyPath) = Issue("server");
        return [$"cafile {CaPath}", $"certfile {certificatePath}", $"keyfile {keyPath}", "require_certificate true"];
    }

    public void Dispose()
    {
        _root.Dispose();
        _folder.Delete(recursive: true);
    }
}
