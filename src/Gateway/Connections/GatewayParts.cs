using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Gateway.Access;
using OrleansIot.Gateway.Broker;
using OrleansIot.Gateway.Peers;
using OrleansIot.Gateway.Presence;
using OrleansIot.Gateway.Shadows;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway.Connections;

/// <summary>What all connections share.</summary>
internal sealed record GatewayParts(
    IOptions<MqttGatewayOptions> Configured,
    AccessKey Access,
    AccessGate Gate,
    ConnectedClients Clients,
    SessionRegistry Sessions,
    SessionJournal Journal,
    MessageBroker Broker,
    TelemetryIngest Telemetry,
    ShadowRequests Shadows,
    DeviceSessions Devices,
    PresenceEvents Presence,
    GatewayMetrics Metrics,
    TimeProvider Time,
    ILogger<MqttConnectionHandler> Logger,
    PeerRelay? Peers = null)
{
    public MqttGatewayOptions Options { get; } = Configured.Value;
}
