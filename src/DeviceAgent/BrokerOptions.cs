using System.Text;
using OrleansIot.Mqtt.Client;

namespace OrleansIot.DeviceAgent;

/// <summary>Where the messages go.</summary>
public sealed class BrokerOptions
{
    private const int PlainPort = 1883, TlsPort = 8883;

    private int? _port;

    /// <summary>Host name or address of the MQTT broker. Default 127.0.0.1.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port of the MQTT broker, 1 to 65,535. Default 1883, with <see cref="Tls"/> 8883: the ports registered for MQTT.</summary>
    public int Port
    {
        get => _port ?? (Tls is null ? PlainPort : TlsPort);
        set => _port = value;
    }

    /// <summary>TLS, and the certificate to show. Default none: the broker is talked to in the clear.</summary>
    public MqttTlsOptions? Tls { get; set; }

    /// <summary>User name to connect with. Default none.</summary>
    public string? UserName { get; set; }

    /// <summary>Password to connect with: for OrleansIot's gateway its access key. Default none.</summary>
    public string? Password { get; set; }

    internal ReadOnlyMemory<byte>? PasswordBytes => Password is { Length: > 0 } password ? Encoding.UTF8.GetBytes(password) : null;

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Host))
            yield return "Broker:Host is empty. Give the broker's name or address, e.g. --Broker:Host 127.0.0.1.";

        if (Port is < 1 or > 65_535)
            yield return $"Broker:Port is {Port}. Give a TCP port from 1 to 65535, e.g. --Broker:Port 1883.";

        foreach (var problem in Tls?.Problems("Broker:Tls:") ?? [])
            yield return problem;
    }
}
