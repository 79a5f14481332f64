namespace OrleansIot.Gateway.Transports;

internal static class GatewayTransports
{
    public static bool UsesTls(this GatewayTransport transport) => transport is GatewayTransport.Tls or GatewayTransport.SecureWebSocket;

    public static bool UsesHttp(this GatewayTransport transport) => transport is GatewayTransport.WebSocket or GatewayTransport.SecureWebSocket;

    /// <summary>For people.</summary>
    public static string Name(this GatewayTransport transport) => transport switch
    {
        GatewayTransport.Tcp => "TCP",
        GatewayTransport.Tls => "TLS",
        GatewayTransport.WebSocket => "WebSocket",
        _ => "secure WebSocket",
    };
}
