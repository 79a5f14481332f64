using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Telemetry;
using OrleansIot.Gateway.Limits;
using OrleansIot.Gateway.Transports;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway;

/// <summary>The gateway's instruments of the meter <c>OrleansIot</c>. What becomes of readings is counted by <see cref="IngestStatistics"/>.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    private static readonly KeyValuePair<string, object?> In = new("direction", "in");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "out");
    private static readonly KeyValuePair<string, object?>[] QoSTags = [new("qos", 0), new("qos", 1), new("qos", 2)];

    private static readonly KeyValuePair<string, object?>[] TransportTags =
        [new("transport", "tcp"), new("transport", "tls"), new("transport", "websocket"), new("transport", "secure-websocket")];

    private readonly Meter _meter = new(IngestStatistics.MeterName);
    private readonly Counter<long> _connects;
    private readonly Counter<long> _packets;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _publishes;
    private readonly Counter<long> _unrouted;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _shadowsRefused;
    private readonly Counter<long> _shed;
    private readonly Counter<long> _protocolErrors;
    private readonly Counter<long> _certificatesRefused;
    private readonly Counter<long> _clocksAhead;
    private readonly Counter<long> _relayed;
    private readonly Counter<long> _relayDropped;
    private readonly Counter<long> _sessionsRefused;
    private readonly Counter<long> _journalFailures;
    private long _sessions;
    private readonly Counter<long> _connectionsRefused;
    private readonly Counter<long> _throttled;
    private readonly Counter<double> _throttledTime;
    private readonly Counter<long> _budgetReached;
    private readonly Counter<long> _held;
    private readonly Counter<long> _givenUp;
    private readonly long[] _connections = new long[TransportTags.Length];
    private long _handshakes;
    private long _subscriptions;
    private long _retained;
    private long _peers;
    private long _relayQueue;

    public GatewayMetrics(IOptions<MqttGatewayOptions> options)
    {
        Outbound = new OutboundBudget(OutboundBudget.LimitOf(options.Value));
        _connects = _meter.CreateCounter<long>("orleansiot_mqtt_connects", "{connect}", "CONNECT packets, by what was answered.");
        _packets = _meter.CreateCounter<long>("orleansiot_mqtt_packets", "{packet}", "MQTT packets, by direction.");
        _bytes = _meter.CreateCounter<long>("orleansiot_mqtt_bytes", "By", "Bytes on MQTT connections, by direction.");
        _publishes = _meter.CreateCounter<long>("orleansiot_mqtt_publishes", "{message}", "Messages that clients published, by QoS.");
        _unrouted = _meter.CreateCounter<long>("orleansiot_mqtt_unrouted_publishes", "{message}", "Messages on topics that nobody subscribed to.");
        _refused = _meter.CreateCounter<long>("orleansiot_mqtt_refused_publishes", "{message}", "Messages that their publisher may not send, by reason.");
        _shadowsRefused = _meter.CreateCounter<long>("orleansiot_shadow_refused_requests", "{request}", "Requests to shadows over MQTT that were refused, by code.");
        _shed = _meter.CreateCounter<long>("orleansiot_mqtt_shed_deliveries", "{message}", "Deliveries dropped instead of kept for a subscriber, by reason.");
        _protocolErrors = _meter.CreateCounter<long>("orleansiot_mqtt_protocol_errors", "{connection}", "Connections closed because of what the client sent, by reason.");
        _certificatesRefused = _meter.CreateCounter<long>("orleansiot_mqtt_refused_certificates", "{connection}", "TLS connections refused for their client certificate, by reason.");
        _clocksAhead = _meter.CreateCounter<long>("orleansiot_clocks_ahead", "{reading}", "Readings whose timestamp lay in the future; filed under the time of arrival.");
        _relayed = _meter.CreateCounter<long>("orleansiot_mqtt_relayed", "{message}", "Messages between the gateways of a cluster, by direction.");
        _relayDropped = _meter.CreateCounter<long>("orleansiot_mqtt_relay_dropped", "{message}", "Messages not passed on to another gateway, by reason.");
        _sessionsRefused = _meter.CreateCounter<long>("orleansiot_mqtt_refused_sessions", "{session}", "Sessions that end with their connection because as many as may be are kept.");
        _journalFailures = _meter.CreateCounter<long>("orleansiot_mqtt_failed_session_commits", "{commit}", "Commits of sessions and retained messages that the store did not take.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_sessions", () => Volatile.Read(ref _sessions), "{session}", "Sessions that outlive their connection.");
        _connectionsRefused = _meter.CreateCounter<long>("orleansiot_mqtt_refused_connections", "{connection}", "Connections closed before their CONNECT was read, by reason.");
        _throttled = _meter.CreateCounter<long>("orleansiot_mqtt_throttled_publishes", "{message}", "Messages that waited because their client publishes faster than it may.");
        _throttledTime = _meter.CreateCounter<double>("orleansiot_mqtt_throttled_time", "s", "How long such messages waited, and their connections with them.");
        _held = _meter.CreateCounter<long>("orleansiot_mqtt_held_publishes", "{wait}", "Times that a publisher waited for a subscriber that was behind.");
        _givenUp = _meter.CreateCounter<long>("orleansiot_mqtt_subscribers_given_up", "{subscriber}", "Subscribers that were behind for so long that publishers wait for them no more.");
        _budgetReached = _meter.CreateCounter<long>("orleansiot_mqtt_outbound_refusals", "{message}", "Deliveries that found no room in Gateway:OutboundBytes.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_handshakes", () => Volatile.Read(ref _handshakes), "{connection}", "Open connections whose CONNECT has not been read.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_inflight", InFlightByDirection, "{message}", "Messages between arrival and acknowledgement, by direction.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_connections", ConnectionsByTransport, "{connection}", "Open MQTT connections, by transport.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_subscriptions", () => Volatile.Read(ref _subscriptions), "{subscription}", "Subscriptions of all clients.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_retained_messages", () => Volatile.Read(ref _retained), "{message}", "Retained messages.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_outbound_queue", () => Outbound.Used, "By", "Bytes that wait for slow subscribers.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_peers", () => Volatile.Read(ref _peers), "{gateway}", "Other gateways of the cluster.");
        _meter.CreateObservableUpDownCounter("orleansiot_mqtt_relay_queue", () => Volatile.Read(ref _relayQueue), "By", "Bytes that wait for other gateways.");
    }

    public Meter Meter => _meter;

    /// <summary>What all subscribers' queues hold.</summary>
    public OutboundBudget Outbound { get; }

    /// <summary>Readings of clients on their way to being stored, and messages that clients have not acknowledged: asked for when they are read.</summary>
    public Func<(long In, long Out)> InFlight { get; set; } = static () => default;

    public void Connections(GatewayTransport transport, int change) => Interlocked.Add(ref _connections[(int)transport], change);

    public void Handshakes(int change) => Interlocked.Add(ref _handshakes, change);

    public void ConnectionRefused(string reason) => _connectionsRefused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void PublishThrottled(TimeSpan time)
    {
        _throttled.Add(1);
        _throttledTime.Add(time.TotalSeconds);
    }

    /// <summary>A publisher begins to wait for a subscriber.</summary>
    public void PublisherHeld() => _held.Add(1);

    public void SubscriberGivenUp() => _givenUp.Add(1);

    public void OutboundBudgetReached() => _budgetReached.Add(1);

    public void Sessions(int change) => Interlocked.Add(ref _sessions, change);

    public void SessionRefused() => _sessionsRefused.Add(1);

    public void JournalFailed() => _journalFailures.Add(1);

    public void Subscriptions(int change) => Interlocked.Add(ref _subscriptions, change);

    public void Retained(int change) => Interlocked.Add(ref _retained, change);

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

    public void Published(MqttQoS qos, int messages) => _publishes.Add(messages, QoSTags[(int)qos]);

    public void Unrouted() => _unrouted.Add(1);

    public void ShadowRefused(int code) => _shadowsRefused.Add(1, new KeyValuePair<string, object?>("code", code));

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

    private IEnumerable<Measurement<long>> ConnectionsByTransport() =>
        TransportTags.Select((tag, transport) => new Measurement<long>(Volatile.Read(ref _connections[transport]), tag));

    private IEnumerable<Measurement<long>> InFlightByDirection()
    {
        var (into, outOf) = InFlight();
        return [new(into, In), new(outOf, Out)];
    }
}
