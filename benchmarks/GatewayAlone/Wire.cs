namespace OrleansIot.GatewayAlone;

/// <summary>What carries MQTT.</summary>
internal enum Wire
{
    Tcp,
    Tls,
    WebSocket,
}
