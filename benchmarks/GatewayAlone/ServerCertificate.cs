using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansIot.GatewayAlone;

/// <summary>A self-signed certificate in files, the same for both servers.</summary>
internal sealed class ServerCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-alone-").FullName;
    private readonly string _hash;

    public ServerCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, default), new DateTimeOffset(2049, 1, 1, 0, 0, 0, default));
        _hash = certificate.GetCertHashString();
        File.WriteAllText(CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public string CertificatePath => Path.Combine(_folder, "server.crt");

    public string KeyPath => Path.Combine(_folder, "server.key");

    public bool IsThis(X509Certificate? shown) => shown?.GetCertHashString() == _hash;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
