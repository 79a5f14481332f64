using Microsoft.Extensions.Options;

namespace OrleansIot.Gateway.Broker;

/// <summary>What all sessions share.</summary>
internal sealed record SessionParts(
    IOptions<MqttGatewayOptions> Configured, GatewayMetrics Metrics, OfflineRoom Offline, SessionJournal Journal, SlowSubscribers Slow)
{
    public MqttGatewayOptions Options { get; } = Configured.Value;
}
