namespace OrleansIot.Gateway.Transports;

/// <summary>The contents of the files, so that a change is one of content: renewals rename, link or copy.</summary>
/// <param name="Passphrase">Of the key; null where it has none.</param>
/// <param name="Revocation">Base64, since such a file may be PEM or DER; empty where there is none.</param>
internal sealed record TlsFiles(
    string Certificate = "", string Key = "", string? Passphrase = null, string ClientAuthorities = "", string Revocation = "", string? Fault = null)
{
    public static TlsFiles Read(TlsSetup setup)
    {
        var reading = setup.Certificate;
        try
        {
            var certificate = Text(reading);
            var key = Text(reading = setup.Key);
            var passphrase = setup.Passphrase;
            if (setup.KeyPassphrase.Path is not null)
                passphrase = Text(reading = setup.KeyPassphrase).TrimEnd('\r', '\n'); // which editors add
            if (setup.ClientCertificates == ClientCertificates.None)
                return new(certificate, key, passphrase);

            var authorities = Text(reading = setup.ClientCa);
            var revocation = setup.ClientRevocation.Path is null ? "" : Convert.ToBase64String(File.ReadAllBytes((reading = setup.ClientRevocation).Path ?? ""));
            return new(certificate, key, passphrase, authorities, revocation);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new(Fault: string.IsNullOrEmpty(reading.Path)
                ? $"{reading.Name} is not set: TLS needs that PEM file."
                : reading.Fault($"which cannot be read: {unreadable.Message}"));
        }

        static string Text(FileSetting file) => File.ReadAllText(file.Path ?? "");
    }
}
