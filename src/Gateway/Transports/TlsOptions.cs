namespace OrleansIot.Gateway.Transports;

/// <summary>MQTT over TLS 1.2 and 1.3, and the certificates, which secure WebSocket uses too.</summary>
public sealed class TlsOptions : ListenerOptions
{
    /// <summary>PEM file of the gateway's certificate, followed by those between it and its root. Default none.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>PEM file of its private key. Default none.</summary>
    public string? KeyPath { get; set; }

    /// <summary>Passphrase of that key, which is then PKCS #8 (<c>BEGIN ENCRYPTED PRIVATE KEY</c>). Default none.</summary>
    public string? KeyPassphrase { get; set; }

    /// <summary>File of that passphrase, in place of <see cref="KeyPassphrase"/>. Default none.</summary>
    public string? KeyPassphrasePath { get; set; }

    /// <summary>Whether clients show a certificate. Default None.</summary>
    public ClientCertificates ClientCertificates { get; set; }

    /// <summary>PEM file of the authorities that client certificates come from; no others are trusted. Default none.</summary>
    public string? ClientCaPath { get; set; }

    /// <summary>
    /// PEM or DER file of the certificates that those authorities have revoked (one CRL, or in PEM one of each authority). An authority
    /// without one has revoked none. Default none.
    /// </summary>
    public string? ClientRevocationPath { get; set; }

    /// <summary>How often the files are looked at; new ones serve new connections. Default 10 s.</summary>
    // Few and small files: nothing beside the wait of whoever has just renewed one.
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);
}
