using System.Diagnostics.Metrics;
using OrleansIot.Application.Telemetry;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway;

/// <summary>The gateway's instruments of the meter <c>OrleansIot</c>. What becomes of readings is counted by <see cref="IngestStatistics"/>.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?> In = new("direction", "in");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "out");
    private static readonly KeyValuePair<string, object?>[] QoSTags = [new("qos", 0), new("qos", 1), new("qos", 2)];

    private readonly Meter _meter = new(IngestStatistics.MeterName);
    private readonly Counter<long> _connects;
    private readonly Counter<long> _packets;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _publishes;
    private readonly Counter<long> _unrouted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _protocolErrors;
    private readonly Counter<long> _certificatesRefused;
    private readonly Counter<long> _clocksAhead;
    private readonly Counter<long> _relayed;
    private readonly Counter<long> _relayDropped;
    private readonly Counter<long> _sessionsRefused;
    private readonly Counter<long> _journalFailures;
    private long _connections;
    private long _sessions;
    private long _subscriptions;
    private long _retained;
    private long _outboundBytes;
    private long _peers;
    private long _relayQueue;

    public GatewayMetrics()
    {
        _connects = _meter.CreateCounter<long>("orleansiot_mqtt_connects", "{connect}", "CONNECT packets, by what was answered.");
        _packets = _meter.CreateCounter<long>("orleansiot_mqtt_packets", "{packet}", "MQTT packets, by direction.");
        _bytes = _meter.CreateCounter<long>("orleansiot_mqtt_bytes", "By", "Bytes on MQTT connections, by direction.");
        _publishes = _meter.CreateCounter<long>("orleansiot_mqtt_publishes", "{message}", "Messages that clients published, by QoS.");
        _unrouted = _meter.CreateCounter<long>("orleansiot_mqtt_unrouted_publishes", "{message}", "Messages on topics that nobody subscribed to.");
        _refused = _meter.CreateCounter<long>("orleansiot_mqtt_refused_publishes", "{message}", "Messages that their publisher may not send, by reason.");
        _shed = _meter.CreateCounter<long>("orleansiot_mqtt_shed_deliveries", "{message}", "Deliveries dropped instead of kept for a subscriber, by reason.");
        _protocolErrors = _meter.CreateCounter<long>("orleansiot_mqtt_protocol_errors", "{connection}", "Connections closed because of what the client sent, by reason.");
        _certificatesRefused = _meter.CreateCounter<long>("orleansiot_mqtt_refused_certificates", "{connection}", "TLS connections refused for their client certificate, by reason.");
        _clocksAhead = _meter.CreateCounter<long>("orleansiot_clocks_ahead", "{reading}", "Readings whose timestamp lay in the future; filed under the time of arrival.");
        _relayed = _meter.CreateCounter<long>("orleansiot_mqtt_relayed", "{message}", "Messages between the gateways of a cluster, by direction.");
        _relayDropped = _meter.CreateCounter<long>("orleansiot_mqtt_relay_dropped", "{message}", "Messages not passed on to another gateway, by reason.");
        _sessionsRefused = _meter.CreateCounter<long>("orleansiot_mqtt_refused_sessions", "{session}", "Sessions that end with their connection because as many as may be are kept.");
        _journalFailures = _meter.CreateCounter<long>("orleansiot_mqtt_failed_session_commits", "{commit}", "Commits of sessions and retained messages that the store did not take.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_sessions", () => Volatile.Read(ref _sessions), "{session}", "Sessions that outlive their connection.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_connections", () => Volatile.Read(ref _connections), "{connection}", "Open MQTT connections.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_subscriptions", () => Volatile.Read(ref _subscriptions), "{subscription}", "Subscriptions of all clients.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_retained_messages", () => Volatile.Read(ref _retained), "{message}", "Retained messages.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_outbound_queue", () => Volatile.Read(ref _outboundBytes), "By", "Bytes that wait for slow subscribers.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_peers", () => Volatile.Read(ref _peers), "{gateway}", "Other gateways of the cluster.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_relay_queue", () => Volatile.Read(ref _relayQueue), "By", "Bytes that wait for other gateways.");
    }

    public void Connections(int change) => Interlocked.Add(ref _connections, change);

    public void Sessions(int change) => Interlocked.Add(ref _sessions, change);

    public void SessionRefused() => _sessionsRefused.Add(1);

    public void JournalFailed() => _journalFailures.Add(1);

    public void Subscriptions(int change) => Interlocked.Add(ref _subscriptions, change);

    public void Retained(int change) => Interlocked.Add(ref _retained, change);

    public void OutboundBytes(long change) => Interlocked.Add(ref _outboundBytes, change);

    public void Connect(MqttReasonCode result) => _connects.Add(1, new KeyValuePair<string, object?>("result", result.ToString()));

    public void Received(int packets, long bytes)
    {
        _packets.Add(packets, In);
        _bytes.Add(bytes, In);
    }

    public void Sent(int packets, long bytes)
    {
        _packets.Add(packets, Out);
        _bytes.Add(bytes, Out);
    }

    public void Publish(MqttQoS qos) => _publishes.Add(1, QoSTags[(int)qos]);

    public void Unrouted() => _unrouted.Add(1);

    public void PublishRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void DeliveryShed(string reason) => _shed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void ProtocolError(MqttReasonCode reason) => _protocolErrors.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public void CertificateRefused(string reason) => _certificatesRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void ClockAhead() => _clocksAhead.Add(1);

    public void Peers(int change) => Interlocked.Add(ref _peers, change);

    public void RelayQueue(long change) => Interlocked.Add(ref _relayQueue, change);

    public void RelayedIn(int messages) => _relayed.Add(messages, In);

    public void RelayedOut(int messages) => _relayed.Add(messages, Out);

    public void RelayDropped(string reason, int messages) => _relayDropped.Add(messages, new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();
}
