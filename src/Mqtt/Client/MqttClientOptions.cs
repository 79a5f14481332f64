using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>How an <see cref="MqttClient"/> connects, and what it promises the server.</summary>
public sealed class MqttClientOptions
{
    /// <summary>Name or address of the server. Default "localhost".</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Port of the server. Default 8883 with <see cref="Tls"/>, otherwise 1883, as registered with IANA.</summary>
    public int? Port { get; init; }

    /// <summary>Turns TLS on. Default null: plain TCP.</summary>
    public MqttTlsOptions? Tls { get; init; }

    /// <summary>Opens the transport in place of TCP and TLS, for instance a WebSocket or a test's pipe. Default null.</summary>
    public Func<CancellationToken, ValueTask<Stream>>? Dial { get; init; }

    /// <summary>Protocol version. Default 5.0.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>The client's name; empty asks the server for one. Default empty.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Whether each connection begins without an earlier session (3.1.2.4). Default true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long a 5.0 server keeps the session after a connection ends (3.1.2.11.2). Default zero: not at all.</summary>
    public TimeSpan SessionExpiry { get; init; }

    public string? UserName { get; init; }

    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>What the server publishes when this client vanishes (3.1.2.5). Default null.</summary>
    public MqttWill? Will { get; init; }

    /// <summary>Longest silence before a ping; zero turns it off. Default 60 s.</summary>
    // The default of most clients; a dead server is noticed after at most two thirds of it.
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time from dialling to CONNACK. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time a clean disconnect may take before the transport is cut. Default 5 s.</summary>
    public TimeSpan DisconnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions that stand from before the first connection. Default none.</summary>
    // With CleanStart false a server sends what it kept before anybody could call Subscribe.
    public IReadOnlyList<MqttSubscription> Subscriptions { get; init; } = [];

    /// <summary>
    /// Deals with messages that no subscription of this client matches, such as those that the server kept for a filter of an
    /// earlier run. Default null: they are acknowledged and dropped.
    /// </summary>
    public MqttMessageHandler? OtherMessages { get; init; }

    /// <summary>
    /// How many received messages may be with their handlers at a time. They begin in order; acknowledgements leave in order
    /// whichever ends first. Default 1: one begins when the one before has ended.
    /// </summary>
    public int MaxConcurrentHandlers { get; init; } = 1;

    /// <summary>
    /// How many received QoS 1 and 2 messages may await their handlers (3.1.2.11.3). A server of 3.1.1 does not know of it, and
    /// one of 5.0 that exceeds it is left when it has sent this many times <see cref="MaxPacketBytes"/>. Default 256.
    /// </summary>
    public ushort ReceiveMaximum { get; init; } = 256;

    /// <summary>How many received QoS 0 messages may await their handlers; further ones are dropped. Default 1,024.</summary>
    public int MaxQueuedQoS0 { get; init; } = 1_024;

    /// <summary>Largest packet to accept (3.1.2.11.4). Default 1 MiB.</summary>
    public int MaxPacketBytes { get; init; } = 1024 * 1024;

    /// <summary>How many published messages may be unacknowledged; the server's receive maximum may lower it. Default 1,024.</summary>
    public ushort MaxInFlight { get; init; } = 1_024;

    /// <summary>What may wait to be sent, and what becomes of the rest. Default 1,024 messages of QoS 1 and 2; further ones wait for room.</summary>
    public MqttQueueOptions Queue { get; init; } = new();

    /// <summary>Turns reconnecting on. Default null: the first connection is the only one.</summary>
    public MqttReconnectOptions? Reconnect { get; init; }

    /// <summary>Told of each change of the connection, in order, on the client's own loop: return soon. Default null.</summary>
    public Action<MqttConnectionChange>? ConnectionChanged { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
