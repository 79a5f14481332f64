namespace OrleansIot.Gateway.Transports;

/// <summary>What the certificates of a listener are made of, each by the setting that says it. Listeners of equal setups share them.</summary>
internal sealed record TlsSetup(
    FileSetting Certificate,
    FileSetting Key,
    FileSetting KeyPassphrase,
    string? Passphrase,
    ClientCertificates ClientCertificates,
    FileSetting ClientCa,
    FileSetting ClientRevocation,
    TimeSpan ReloadInterval)
{
    private const string Section = "Gateway:Tls";

    public static TlsSetup Of(TlsOptions tls) => new(
        new($"{Section}:{nameof(tls.CertificatePath)}", tls.CertificatePath),
        new($"{Section}:{nameof(tls.KeyPath)}", tls.KeyPath),
        new($"{Section}:{nameof(tls.KeyPassphrasePath)}", tls.KeyPassphrasePath),
        tls.KeyPassphrase,
        tls.ClientCertificates,
        new($"{Section}:{nameof(tls.ClientCaPath)}", tls.ClientCaPath),
        new($"{Section}:{nameof(tls.ClientRevocationPath)}", tls.ClientRevocationPath),
        tls.ReloadInterval);

    public static TlsSetup Of(GatewayListenerOptions listener, string section, TlsOptions common)
    {
        var setup = Of(common);

        // A certificate and its key belong together, so they are both the listener's or neither.
        if (listener is not { CertificatePath: null, KeyPath: null, KeyPassphrase: null, KeyPassphrasePath: null })
        {
            setup = setup with
            {
                Certificate = new($"{section}:{nameof(listener.CertificatePath)}", listener.CertificatePath),
                Key = new($"{section}:{nameof(listener.KeyPath)}", listener.KeyPath),
                KeyPassphrase = new($"{section}:{nameof(listener.KeyPassphrasePath)}", listener.KeyPassphrasePath),
                Passphrase = listener.KeyPassphrase,
            };
        }

        return setup with
        {
            ClientCertificates = listener.ClientCertificates ?? setup.ClientCertificates,
            ClientCa = listener.ClientCaPath is { } ca ? new($"{section}:{nameof(listener.ClientCaPath)}", ca) : setup.ClientCa,
            ClientRevocation = listener.ClientRevocationPath is { } revoked
                ? new($"{section}:{nameof(listener.ClientRevocationPath)}", revoked)
                : setup.ClientRevocation,
        };
    }
}
