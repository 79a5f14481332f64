namespace OrleansIot.Gateway.Transports;

/// <summary>What a listener speaks beneath MQTT.</summary>
public enum GatewayTransport
{
    Tcp,

    Tls,

    /// <summary>At <c>/mqtt</c>, with the sub-protocol <c>mqtt</c>.</summary>
    WebSocket,

    /// <summary>The same over TLS.</summary>
    SecureWebSocket,
}
