namespace OrleansIot.Gateway.Transports;

/// <summary>Where one further listener listens. Without a port there is none.</summary>
public class ListenerOptions
{
    /// <summary>Address to listen on, as <see cref="MqttGatewayOptions.Host"/>. Default 127.0.0.1.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port; 0 takes any free one. Default none: it does not listen.</summary>
    public int? Port { get; set; }
}
