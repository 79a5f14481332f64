using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrleansIot.Gateway.Transports;

/// <summary>
/// The certificates that TLS handshakes use. It looks at the files now and then: what is new and whole serves the connections
/// from then on, what is broken is told once and the old remains.
/// </summary>
internal sealed class TlsCertificates : IDisposable
{
    private readonly TlsOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reloading = new();
    private TlsFiles _files;
    private volatile TlsMaterial _material;

    public TlsCertificates(TlsOptions options, TimeProvider time, GatewayMetrics metrics, ILogger logger)
    {
        (_options, _metrics, _logger) = (options, metrics, logger);
        _files = TlsFiles.Read(options);
        var (material, fault) = TlsMaterial.Load(_files, options);
        _material = material ?? throw new OptionsValidationException(Options.DefaultName, typeof(MqttGatewayOptions), [fault!]);
        _timer = time.CreateTimer(static state => ((TlsCertificates)state!).Reload(), this, options.ReloadInterval, options.ReloadInterval);
    }

    /// <summary>What a handshake of this moment goes by.</summary>
    public SslServerAuthenticationOptions ForConnection(ConnectionContext connection)
    {
        var material = _material;
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
        };
        if (_options.ClientCertificates == ClientCertificates.None)
            return handshake;

        handshake.ClientCertificateRequired = true; // asks for one; the callback decides
        handshake.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // a stranger's certificate names addresses: none is called
        };
        handshake.CertificateChainPolicy.CustomTrustStore.AddRange(material.ClientAuthorities);
        handshake.RemoteCertificateValidationCallback = (_, _, chain, errors) => Admits(connection, chain, errors);
        return handshake;
    }

    public void Dispose() => _timer.Dispose();

    private bool Admits(ConnectionContext connection, X509Chain? chain, SslPolicyErrors errors)
    {
        var isMissing = errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        if (errors == SslPolicyErrors.None || (isMissing && _options.ClientCertificates == ClientCertificates.Optional))
            return true;

        var reason = isMissing
            ? "missing"
            : chain?.ChainStatus.Select(status => status.Status.ToString()).FirstOrDefault() ?? errors.ToString();
        _metrics.CertificateRefused(reason);
        _logger.ConnectionRefused("", connection.RemoteEndPoint, $"client certificate refused: {reason}");
        return false;
    }

    private void Reload()
    {
        lock (_reloading)
        {
            var files = TlsFiles.Read(_options);
            if (files == _files)
                return;

            _files = files;
            var (material, fault) = TlsMaterial.Load(files, _options);
            if (material is null)
            {
                _logger.CertificateBroken(fault!);
                return;
            }

            _material = material;
            _logger.CertificateLoaded(material.Certificate.TargetCertificate.Subject, material.Certificate.TargetCertificate.NotAfter);
        }
    }
}
