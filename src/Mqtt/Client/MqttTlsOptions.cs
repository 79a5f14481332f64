using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansIot.Mqtt.Client;

/// <summary>
/// TLS 1.2 or 1.3 towards a server. The files are read with each connection, so renewed certificates serve the next one.
/// </summary>
public class MqttTlsOptions
{
    /// <summary>PEM file of the authorities a server's certificate may come from; no others are trusted. Default null: those of the system.</summary>
    public string? CaPath { get; set; }

    /// <summary>The same as certificates at hand, in addition to those of <see cref="CaPath"/>. Default none.</summary>
    public X509Certificate2Collection Authorities { get; set; } = [];

    /// <summary>PEM file of this client's certificate, followed by those between it and its root. Default null: none is shown.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>PEM file of its private key, without a passphrase. Default null.</summary>
    public string? KeyPath { get; set; }

    /// <summary>The name the server's certificate has to carry, and which is asked for (SNI). Default null: the host's.</summary>
    public string? ServerName { get; set; }

    /// <summary>Protocols to offer (ALPN), such as AWS IoT Core's <c>x-amzn-mqtt-ca</c> on port 443. Default none.</summary>
    public IReadOnlyList<string> ApplicationProtocols { get; set; } = [];

    /// <summary>
    /// Talks to whoever answers, under whatever certificate: anybody on the way can read and change everything, and learns the
    /// password. For a bench only. Default false.
    /// </summary>
    public bool DangerouslyAcceptAnyServerCertificate { get; set; }

    /// <summary>What is wrong with these options and their files, one sentence each with the mend; empty when nothing is.</summary>
    /// <param name="prefix">What the settings' names begin with where they are set, such as <c>Broker:Tls:</c>.</param>
    public IReadOnlyList<string> Problems(string prefix)
    {
        var problems = new List<string>();
        Read(prefix, problems);
        if (DangerouslyAcceptAnyServerCertificate && (CaPath is not null || Authorities.Count > 0))
            problems.Add($"{prefix}{nameof(DangerouslyAcceptAnyServerCertificate)} is set beside {prefix}{nameof(CaPath)}: remove the one that is not meant.");
        foreach (var protocol in ApplicationProtocols.Where(protocol => protocol.Length is 0 or > byte.MaxValue))
            problems.Add($"{prefix}{nameof(ApplicationProtocols)} holds '{protocol}': give names of 1 to 255 characters, e.g. x-amzn-mqtt-ca.");
        return problems;
    }

    /// <exception cref="AuthenticationException">The files cannot be used; the message names each and its mend.</exception>
    internal SslClientAuthenticationOptions ForHandshake(string host)
    {
        var problems = new List<string>();
        var (authorities, certificate) = Read("", problems);
        if (problems.Count > 0)
            throw new AuthenticationException(string.Join(' ', problems));

        var handshake = new SslClientAuthenticationOptions
        {
            TargetHost = ServerName ?? host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateContext = certificate,
            ApplicationProtocols = [.. ApplicationProtocols.Select(name => new SslApplicationProtocol(name))],
        };
        if (authorities.Count > 0)
        {
            handshake.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // private authorities seldom publish any
                DisableCertificateDownloads = true, // a stranger's certificate names addresses: none is called
            };
            handshake.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

#pragma warning disable CA5359 // exactly what the option's name says
        if (DangerouslyAcceptAnyServerCertificate)
            handshake.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        return handshake;
    }

    private (X509Certificate2Collection Authorities, SslStreamCertificateContext? Certificate) Read(string prefix, List<string> problems)
    {
        X509Certificate2Collection authorities = [.. Authorities];
        if (CaPath is not null && ReadText(prefix, nameof(CaPath), CaPath, problems) is { } pem)
            authorities.AddRange(Certificates(prefix, nameof(CaPath), CaPath, pem, problems));

        if (CertificatePath is null && KeyPath is null)
            return (authorities, null);

        if (CertificatePath is null || KeyPath is null)
        {
            var (given, missing) = CertificatePath is null ? (nameof(KeyPath), nameof(CertificatePath)) : (nameof(CertificatePath), nameof(KeyPath));
            problems.Add($"{prefix}{given} is set, but not {prefix}{missing}: a client certificate is a PEM file and that of its key.");
            return (authorities, null);
        }

        if (ReadText(prefix, nameof(CertificatePath), CertificatePath, problems) is not { } certificate
            || ReadText(prefix, nameof(KeyPath), KeyPath, problems) is not { } key)
            return (authorities, null);

        var chain = Certificates(prefix, nameof(CertificatePath), CertificatePath, certificate, problems);
        if (chain.Count == 0)
            return (authorities, null);

        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key);
            chain.RemoveAt(0);
            return (authorities, SslStreamCertificateContext.Create(Usable(own), chain, offline: true));
        }
        catch (Exception unfit) when (unfit is CryptographicException or ArgumentException)
        {
            problems.Add($"{prefix}{nameof(KeyPath)} is '{KeyPath}', which holds no key without a passphrase that matches the certificate '{CertificatePath}'.");
            return (authorities, null);
        }
    }

    // Windows' TLS does not take a key that exists in memory alone.
    private static X509Certificate2 Usable(X509Certificate2 own)
    {
        if (!OperatingSystem.IsWindows())
            return own;

        using (own)
            return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null);
    }

    private static string? ReadText(string prefix, string setting, string path, List<string> problems)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add($"{prefix}{setting} is '{path}', which cannot be read: {unreadable.Message}");
            return null;
        }
    }

    private static X509Certificate2Collection Certificates(string prefix, string setting, string path, string pem, List<string> problems)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        if (certificates.Count == 0)
            problems.Add($"{prefix}{setting} is '{path}', which holds no PEM certificate.");
        return certificates;
    }
}
