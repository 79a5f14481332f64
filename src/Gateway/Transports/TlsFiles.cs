namespace OrleansIot.Gateway.Transports;

/// <summary>The text of the files, so that a change is one of content: renewals rename, link or copy.</summary>
internal sealed record TlsFiles(string Certificate = "", string Key = "", string ClientAuthorities = "", string? Fault = null)
{
    public static TlsFiles Read(TlsOptions options)
    {
        var setting = nameof(TlsOptions.CertificatePath);
        var path = options.CertificatePath;
        try
        {
            var certificate = Text();
            (setting, path) = (nameof(TlsOptions.KeyPath), options.KeyPath);
            var key = Text();
            if (options.ClientCertificates == ClientCertificates.None)
                return new(certificate, key);

            (setting, path) = (nameof(TlsOptions.ClientCaPath), options.ClientCaPath);
            return new(certificate, key, Text());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new(Fault: string.IsNullOrEmpty(path)
                ? $"Gateway:Tls:{setting} is not set: TLS needs that PEM file."
                : $"Gateway:Tls:{setting} is '{path}', which cannot be read: {unreadable.Message}");
        }

        string Text() => File.ReadAllText(path ?? "");
    }
}
