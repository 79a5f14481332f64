using System.Net;

namespace OrleansIot.Gateway;

/// <summary>Where the gateway listens, once it does: with port 0 the configuration does not tell.</summary>
public sealed class MqttGatewayAddress
{
    /// <summary>Null until the host has started, and when it stops.</summary>
    public IPEndPoint? Bound { get; internal set; }

    /// <summary>MQTT over TLS; null where there is none.</summary>
    public IPEndPoint? Tls { get; internal set; }

    /// <summary>MQTT over WebSocket; null where there is none.</summary>
    public IPEndPoint? WebSocket { get; internal set; }

    /// <summary>MQTT over WebSocket over TLS; null where there is none.</summary>
    public IPEndPoint? SecureWebSocket { get; internal set; }
}
