using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Connections;

namespace OrleansIot.Gateway.Transports;

/// <summary>
/// The certificates that TLS handshakes use. It looks at the files now and then: what is new and whole serves the connections
/// from then on, what is broken is told once and the old remains.
/// </summary>
internal sealed class TlsCertificates : IDisposable
{
    private readonly TlsSetup _setup;
    private readonly ConnectedClients _clients;
    private readonly GatewayMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly Lock _reloading = new();
    private TlsFiles _files;
    private volatile TlsMaterial _material;

    public TlsCertificates(TlsSetup setup, ConnectedClients clients, TimeProvider time, GatewayMetrics metrics, ILogger logger)
    {
        (_setup, _clients, _metrics, _logger) = (setup, clients, metrics, logger);
        _files = TlsFiles.Read(setup);
        var (material, fault) = TlsMaterial.Load(_files, setup);
        _material = material ?? throw new OptionsValidationException(Options.DefaultName, typeof(MqttGatewayOptions), [fault!]);
        _timer = time.CreateTimer(static state => ((TlsCertificates)state!).Reload(), this, setup.ReloadInterval, setup.ReloadInterval);
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
        if (_setup.ClientCertificates == ClientCertificates.None)
            return handshake;

        handshake.ClientCertificateRequired = true; // asks for one; the callback decides
        handshake.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // a stranger's certificate names addresses: none is called
        };
        handshake.CertificateChainPolicy.CustomTrustStore.AddRange(material.ClientAuthorities);
        handshake.RemoteCertificateValidationCallback = (_, _, chain, errors) => Admits(connection, chain, errors, material.Revoked);
        return handshake;
    }

    public void Dispose() => _timer.Dispose();

    private bool Admits(ConnectionContext connection, X509Chain? chain, SslPolicyErrors errors, RevokedCertificates revoked)
    {
        var isMissing = errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        var isRevoked = errors == SslPolicyErrors.None && chain is not null && chain.ChainElements.Any(element => revoked.Contains(element.Certificate));
        if ((errors == SslPolicyErrors.None && !isRevoked) || (isMissing && _setup.ClientCertificates == ClientCertificates.Optional))
            return true;

        var reason = isMissing
            ? "missing"
            : isRevoked ? nameof(X509ChainStatusFlags.Revoked)
            : chain?.ChainStatus.Select(status => status.Status.ToString()).FirstOrDefault() ?? errors.ToString();
        _metrics.CertificateRefused(reason);
        _logger.ConnectionRefused("", connection.RemoteEndPoint, $"client certificate refused: {reason}");
        return false;
    }

    private void Reload()
    {
        ReloadFiles();

        // Each time, and not only with a new list: a connection may have been between its handshake and its CONNECT then.
        var revoked = _material.Revoked;
        if (revoked.Count > 0)
            _clients.Close(client => client.Certificate is { } certificate && revoked.Contains(certificate), CloseReason.CertificateRevoked);
    }

    private void ReloadFiles()
    {
        lock (_reloading)
        {
            var files = TlsFiles.Read(_setup);
            if (files == _files)
                return;

            _files = files;
            var (material, fault) = TlsMaterial.Load(files, _setup);
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
