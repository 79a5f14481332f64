using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansIot.Gateway.Transports;

/// <summary>What the files of a <see cref="TlsSetup"/> held at one time.</summary>
internal sealed record TlsMaterial(SslStreamCertificateContext Certificate, X509Certificate2Collection ClientAuthorities, RevokedCertificates Revoked)
{
    /// <summary>The material, or what is wrong with it by the name of the setting.</summary>
    public static (TlsMaterial? Material, string? Fault) Load(TlsFiles files, TlsSetup setup)
    {
        if (files.Fault is { } missing)
            return (null, missing);

        var chain = Certificates(files.Certificate);
        if (chain.Count == 0)
            return (null, setup.Certificate.Fault("which holds no PEM certificate."));

        X509Certificate2 certificate;
        try
        {
            certificate = files.Passphrase is { } passphrase
                ? X509Certificate2.CreateFromEncryptedPem(files.Certificate, files.Key, passphrase)
                : X509Certificate2.CreateFromPem(files.Certificate, files.Key);
        }
        catch (Exception unfit) when (unfit is CryptographicException or ArgumentException)
        {
            var key = files.Passphrase is null ? "no key without a passphrase" : "no PKCS #8 key of that passphrase";
            return (null, setup.Key.Fault($"which holds {key} that matches the certificate '{setup.Certificate.Path}'."));
        }

        X509Certificate2Collection authorities = [];
        var revoked = RevokedCertificates.None;
        if (setup.ClientCertificates != ClientCertificates.None)
        {
            authorities = Certificates(files.ClientAuthorities);
            if (authorities.Count == 0)
                return (null, setup.ClientCa.Fault("which holds no PEM certificate."));

            if (files.Revocation.Length > 0)
            {
                (var read, var fault) = RevokedCertificates.Read(Convert.FromBase64String(files.Revocation), authorities);
                if (read is null)
                    return (null, setup.ClientRevocation.Fault(fault!));
                revoked = read;
            }
        }

        chain.RemoveAt(0);
        return (new TlsMaterial(SslStreamCertificateContext.Create(certificate, chain, offline: true), authorities, revoked), null);
    }

    /// <summary>None where there is anything else.</summary>
    private static X509Certificate2Collection Certificates(string pem)
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

        return certificates;
    }
}
