using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansIot.Gateway.Transports;

/// <summary>What the files of <see cref="TlsOptions"/> held at one time.</summary>
internal sealed record TlsMaterial(SslStreamCertificateContext Certificate, X509Certificate2Collection ClientAuthorities)
{
    /// <summary>The material, or what is wrong with it by the name of the setting.</summary>
    public static (TlsMaterial? Material, string? Fault) Load(TlsFiles files, TlsOptions options)
    {
        if (files.Fault is { } missing)
            return (null, missing);

        X509Certificate2 certificate;
        X509Certificate2Collection chain = [];
        try
        {
            chain.ImportFromPem(files.Certificate);
        }
        catch (CryptographicException)
        {
            chain.Clear();
        }

        if (chain.Count == 0)
            return (null, $"Gateway:Tls:CertificatePath is '{options.CertificatePath}', which holds no PEM certificate.");

        try
        {
            certificate = X509Certificate2.CreateFromPem(files.Certificate, files.Key);
        }
        catch (Exception unfit) when (unfit is CryptographicException or ArgumentException)
        {
            return (null, $"Gateway:Tls:KeyPath is '{options.KeyPath}', which holds no key without a passphrase that matches the certificate '{options.CertificatePath}'.");
        }

        X509Certificate2Collection authorities = [];
        if (options.ClientCertificates != ClientCertificates.None)
        {
            try
            {
                authorities.ImportFromPem(files.ClientAuthorities);
            }
            catch (CryptographicException)
            {
                authorities.Clear();
            }

            if (authorities.Count == 0)
                return (null, $"Gateway:Tls:ClientCaPath is '{options.ClientCaPath}', which holds no PEM certificate.");
        }

        chain.RemoveAt(0);
        return (new TlsMaterial(SslStreamCertificateContext.Create(certificate, chain, offline: true), authorities), null);
    }
}
