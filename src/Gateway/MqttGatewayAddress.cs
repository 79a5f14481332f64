using System.Net;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway;

/// <summary>Where the gateway listens, once it does: with port 0 the configuration does not tell.</summary>
public sealed class MqttGatewayAddress
{
    private volatile IReadOnlyList<GatewayListener> _listeners = [];

    /// <summary>All of them; none until the host has started, and when it stops.</summary>
    public IReadOnlyList<GatewayListener> Listeners
    {
        get => _listeners;
        internal set => _listeners = value;
    }

    /// <summary>MQTT over TCP; null until the host has started, and when it stops.</summary>
    public IPEndPoint? Bound => Of(GatewayTransport.Tcp);

    /// <summary>The first of MQTT over TLS; null where there is none.</summary>
    public IPEndPoint? Tls => Of(GatewayTransport.Tls);

    /// <summary>The first of MQTT over WebSocket; null where there is none.</summary>
    public IPEndPoint? WebSocket => Of(GatewayTransport.WebSocket);

    /// <summary>The first of MQTT over WebSocket over TLS; null where there is none.</summary>
    public IPEndPoint? SecureWebSocket => Of(GatewayTransport.SecureWebSocket);

    private IPEndPoint? Of(GatewayTransport transport) => _listeners.FirstOrDefault(listener => listener.Transport == transport)?.Bound;
}
