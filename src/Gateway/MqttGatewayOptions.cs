using System.ComponentModel.DataAnnotations;
using OrleansIot.Gateway.Transports;

namespace OrleansIot.Gateway;

/// <summary>What the MQTT gateway listens on, and the bounds that keep one client from harming the others.</summary>
public sealed class MqttGatewayOptions
{
    public const string Section = "Gateway";

    internal const long LeastOutboundBytes = 1024 * 1024;

    /// <summary>Address to listen on: an IP address, <c>localhost</c>, or <c>*</c> for all. Default 127.0.0.1.</summary>
    // Safe by default: beyond this machine only with an access key, see ListenAddressRule.
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port; 0 takes any free one. Default 1883.</summary>
    // The port registered for MQTT without TLS.
    [Range(0, 65_535)]
    public int Port { get; set; } = 1883;

    /// <summary>MQTT over TLS, and the certificates. Default none.</summary>
    public TlsOptions Tls { get; set; } = new();

    /// <summary>MQTT over WebSocket at <c>/mqtt</c>. Default none.</summary>
    public ListenerOptions WebSocket { get; set; } = new();

    /// <summary>The same over TLS, with the certificates of <see cref="Tls"/>. Default none.</summary>
    public ListenerOptions SecureWebSocket { get; set; } = new();

    /// <summary>Listeners beside those, each with its transport and where it likes its own certificates; by number, or by any name. Default none.</summary>
    public IDictionary<string, GatewayListenerOptions> Listeners { get; } = new Dictionary<string, GatewayListenerOptions>();

    /// <summary>Connections at a time; more are closed at once. Default 100,000.</summary>
    // The size of fleet the single-process edition is meant for; an idle connection takes about 7 KB of memory.
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Connections at a time from one address (of IPv6: one /64); more are closed at once. 0 for no limit. Default 10,000.</summary>
    // A tenth of MaxConnections: nobody takes the places of all others from one address. A larger fleet behind one router needs it raised.
    [Range(0, 10_000_000)]
    public int ConnectionsPerAddress { get; set; } = 10_000;

    /// <summary>New connections in a second from one address, and as many at once; more are closed at once. 0 for no limit. Default 500.</summary>
    // A TLS handshake takes about a millisecond of CPU: an address that does nothing but connect gets half of one core, and ten
    // thousand devices behind one router that come back from an outage are in within some twenty seconds.
    [Range(0, 1_000_000)]
    public int ConnectionsPerAddressPerSecond { get; set; } = 500;

    /// <summary>Whether the limits on one address hold for this machine's own too. Default false.</summary>
    // What comes from loopback is a proxy or a bridge with everybody's connections, or a person who tries things out.
    public bool LimitsLoopback { get; set; }

    /// <summary>Connections at a time whose CONNECT has not been read; more are closed at once. Default 10,000.</summary>
    // What two cores get through of TLS handshakes within ConnectTimeout. If a whole fleet came back at once and more were let in, all
    // of them would run out of that time together; those that are closed try again later.
    [Range(1, 10_000_000)]
    public int HandshakesAtATime { get; set; } = 10_000;

    /// <summary>Messages that one client may publish in a second, and as many at once; then its socket waits. 0 for no limit. Default 0.</summary>
    // AWS IoT Core's limit is 100. Here one connection may be a bridge or a gateway with a fleet behind it, and who stores slowly is
    // slowed down by ReceiveMaximum anyway.
    [Range(0, 10_000_000)]
    public int PublishesPerSecond { get; set; }

    /// <summary>Bytes of such messages in a second, topics included, and as many at once; then its socket waits. 0 for no limit. Default 0.</summary>
    // AWS IoT Core's limit is 512 KiB.
    [Range(0, int.MaxValue)]
    public int PublishBytesPerSecond { get; set; }

    /// <summary>Largest packet a client may send, in bytes. Default 256 KiB.</summary>
    // Twice what AWS IoT Core takes, so a device moving here from there fits; 1,000 hostile clients then hold 250 MiB at most.
    [Range(1_024, 268_435_455)]
    public int MaxPacketBytes { get; set; } = 256 * 1024;

    /// <summary>From the connection to its complete CONNECT packet; before that as long for TLS, and for WebSocket. Default 10 s.</summary>
    // Long enough for a modem's retransmissions, short enough that silent connections do not pile up.
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Messages of one connection that may be on their way to being stored; then its socket is read no further. MQTT 5 clients are told
    /// it as Receive Maximum. Default 100.
    /// </summary>
    // What AWS IoT Core allows, and within what a twin remembers to know a redelivery by (RecentMessages).
    [Range(1, 128)]
    public int ReceiveMaximum { get; set; } = 100;

    /// <summary>
    /// How long QoS 0 readings that cannot be stored slow their connection down before they are dropped instead; and how long a subscriber
    /// that is behind and takes nothing slows its publishers down (one that takes something: ten times as long; QoS 0: a tenth). Default 1 s.
    /// </summary>
    // Waiting out a slow commit or a subscriber's pause loses nothing; beyond that a sender that wants no acknowledgement is better served with its newest data.
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan ShedAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Topic filters one client may be subscribed to. Default 100.</summary>
    // Twice AWS IoT Core's 50; a service that watches a fleet uses wildcards.
    [Range(1, 100_000)]
    public int MaxSubscriptionsPerClient { get; set; } = 100;

    /// <summary>Messages that may wait for one slow subscriber. Default 10,000.</summary>
    // A second of a busy fleet: rides out a pause of the subscriber, and keeps memory per subscriber bounded.
    [Range(1, 10_000_000)]
    public int OutboundQueueMessages { get; set; } = 10_000;

    /// <summary>Bytes of messages that may wait for one slow subscriber, unacknowledged ones included. Default 16 MiB.</summary>
    // 64 of the largest packets.
    [Range(1_024, int.MaxValue)]
    public int OutboundQueueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long the session of a client of MQTT 3.1.1 without clean session is kept after its connection. Default 7 days.</summary>
    // 3.1.1 lets a client say no more than "kept". A device that was off over a long weekend finds what it missed; one that is gone for
    // good does not hold its queue for ever.
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The longest that a session is kept after its connection, whatever its client asks for. Default 7 days.</summary>
    // What AWS IoT Core allows. A client that asked for more is told so in CONNACK.
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan MaxSessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Sessions that outlive their connection, those included that are connected. Default 100,000.</summary>
    // As many as connections. A client beyond that is let in, and its session ends with its connection, which MQTT 5 tells it.
    [Range(0, 10_000_000)]
    public int MaxSessions { get; set; } = 100_000;

    /// <summary>Messages of QoS 1 and 2 that are kept for one session without a connection; later ones are dropped and counted. Default 1,000.</summary>
    // mosquitto's max_queued_messages.
    [Range(0, 10_000_000)]
    public int OfflineQueueMessages { get; set; } = 1_000;

    /// <summary>Bytes of messages that are kept for one session without a connection. Default 1 MiB.</summary>
    // 1 KiB for each of the default number.
    [Range(0, int.MaxValue)]
    public int OfflineQueueBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes of messages that are kept for all sessions without a connection together. Default 256 MiB.</summary>
    // They are in memory as well as in the store; a fleet that is away must not take the process with it.
    [Range(0, long.MaxValue)]
    public long OfflineBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Bytes of changes to sessions and retained messages that may wait for the store; then what has to be stored is refused. Default 64 MiB.</summary>
    // Several seconds of a store that commits in batches of 4 MiB.
    [Range(65_536, int.MaxValue)]
    public int SessionJournalBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Topic aliases that a client of MQTT 5 may set. Default 10.</summary>
    // mosquitto's; AWS IoT Core's is 8. A device has one or two topics.
    [Range(0, 65_535)]
    public int TopicAliasMaximum { get; set; } = 10;

    /// <summary>The longest keep-alive of a client of MQTT 5; one that asks for more or for none is told this. Default none: the client's own.</summary>
    // Useful where what is between drops connections that are silent for long. 3.1.1 has no way to tell.
    [Range(typeof(TimeSpan), "00:00:01", "18:12:15")]
    public TimeSpan? MaxKeepAlive { get; set; }

    /// <summary>
    /// Bytes of messages that may wait for all subscribers together: QoS 0 may take half of it and the rest three quarters, what remains is
    /// for subscribers that keep up. Default a quarter of the memory that the process may have.
    /// </summary>
    // Bounds what any number of slow subscribers costs. A message that waits for several counts for each, though its bytes are there once.
    [Range(typeof(long), "1048576", "1099511627776")]
    public long? OutboundBytes { get; set; }

    /// <summary>Topics that may hold a retained message. Default 10,000.</summary>
    // Retained messages are for state that rarely changes; a topic per device of a middling fleet fits.
    [Range(0, 10_000_000)]
    public int RetainedMessages { get; set; } = 10_000;

    /// <summary>Bytes of all retained messages, topics included. Default 64 MiB.</summary>
    // 6 KiB for each of the default number, and a bound on what publishing large ones can take from the process.
    [Range(1_024, int.MaxValue)]
    public int RetainedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Bytes of messages that may wait for one other gateway of a cluster; half of them for QoS 0. Default 64 MiB.</summary>
    // Some seconds of 50,000 messages of 200 bytes: rides out a peer's pause, and what is given up when it is longer than that is
    // given up for a peer that is about to be put out of the cluster. Unused in a gateway that is alone.
    [Range(65_536, int.MaxValue)]
    public int PeerQueueBytes { get; set; } = 64 * 1024 * 1024;
}
