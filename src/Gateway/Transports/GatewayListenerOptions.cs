namespace OrleansIot.Gateway.Transports;

/// <summary>One more listener, of any transport. What it does not say of TLS is as in <see cref="MqttGatewayOptions.Tls"/>.</summary>
public sealed class GatewayListenerOptions : ListenerOptions
{
    /// <summary>What it speaks beneath MQTT. Default Tcp.</summary>
    public GatewayTransport Transport { get; set; }

    /// <summary>As <see cref="TlsOptions.CertificatePath"/>; the key comes along with it. Default that of Gateway:Tls, with its key.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>As <see cref="TlsOptions.KeyPath"/>.</summary>
    public string? KeyPath { get; set; }

    /// <summary>As <see cref="TlsOptions.KeyPassphrase"/>.</summary>
    public string? KeyPassphrase { get; set; }

    /// <summary>As <see cref="TlsOptions.KeyPassphrasePath"/>.</summary>
    public string? KeyPassphrasePath { get; set; }

    /// <summary>Whether its clients show a certificate. Default as Gateway:Tls.</summary>
    public ClientCertificates? ClientCertificates { get; set; }

    /// <summary>As <see cref="TlsOptions.ClientCaPath"/>. Default that of Gateway:Tls.</summary>
    public string? ClientCaPath { get; set; }

    /// <summary>As <see cref="TlsOptions.ClientRevocationPath"/>. Default that of Gateway:Tls.</summary>
    public string? ClientRevocationPath { get; set; }
}
