using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Gateway.Bridges;

/// <summary>The bridges' instruments of the meter <c>OrleansIot</c>.</summary>
internal sealed class BridgeMetrics : IDisposable
{
    private readonly Meter _meter = new(IngestStatistics.MeterName);
    private readonly UpDownCounter<long> _connected;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _unmapped;
    private readonly Counter<long> _failedConnects;

    public BridgeMetrics()
    {
        _connected = _meter.CreateUpDownCounter<long>("orleansiot_bridge_connected", "{connection}", "Bridges that are connected to their outside broker.");
        _inFlight = _meter.CreateUpDownCounter<long>("orleansiot_bridge_in_flight", "{message}", "Messages of bridges on their way to being stored.");
        _messages = _meter.CreateCounter<long>("orleansiot_bridge_messages", "{message}", "Messages that bridges brought, by what became of them.");
        _unmapped = _meter.CreateCounter<long>("orleansiot_bridge_unmapped", "{message}", "Messages of bridges that no entry of their topic map matches; acknowledged, and nothing else.");
        _failedConnects = _meter.CreateCounter<long>("orleansiot_bridge_failed_connects", "{connect}", "Connections to outside brokers that could not be made.");
    }

    public void Connected(string bridge, int change) => _connected.Add(change, Of(bridge));

    public void InFlight(string bridge, int change) => _inFlight.Add(change, Of(bridge));

    public void Message(string bridge, string outcome) => _messages.Add(1, Of(bridge), new KeyValuePair<string, object?>("outcome", outcome));

    public void Unmapped(string bridge) => _unmapped.Add(1, Of(bridge));

    public void FailedConnect(string bridge) => _failedConnects.Add(1, Of(bridge));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Of(string bridge) => new("bridge", bridge);
}
