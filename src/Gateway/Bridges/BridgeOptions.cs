using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Bridges;

/// <summary>One outside broker, and which of its messages come in.</summary>
public sealed class BridgeOptions
{
    /// <summary>What logs, metrics and health call it: 1 to 64 letters, digits, dots, dashes and underscores. Default none: has to be set.</summary>
    public string Name { get; set; } = "";

    /// <summary>Name or address of the broker. Default none: has to be set.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its TCP port. Default 8883 with <see cref="Tls"/>, otherwise 1883.</summary>
    public int? Port { get; set; }

    /// <summary>TLS, and the certificate to show. Default none: the broker is talked to in the clear.</summary>
    public BridgeTlsOptions? Tls { get; set; }

    /// <summary>Protocol version, <c>V5</c> or <c>V311</c>. Default 5.0.</summary>
    public MqttVersion Version { get; set; } = MqttVersion.V5;

    /// <summary>
    /// Client id there; <c>{machine}</c> stands for this machine's name. Two clients of one id throw each other out, so each silo of
    /// a cluster needs its own. Default <c>orleansiot-</c>, the name, a dash and the machine's name.
    /// </summary>
    public string? ClientId { get; set; }

    /// <summary>User name to give there. Default none.</summary>
    public string? UserName { get; set; }

    /// <summary>Password to give there. Default none.</summary>
    public string? Password { get; set; }

    /// <summary>What to subscribe to: topic filters, plain or shared (<c>$share/group/filter</c>). Default none: has to be set.</summary>
    public List<string> Filters { get; set; } = [];

    /// <summary>The QoS to subscribe with, 0 to 2. Default 1.</summary>
    // AWS IoT Core knows no QoS 2; and what 2 adds over 1, twins do by message id.
    public int QoS { get; set; } = 1;

    /// <summary>Begin without what the broker kept meanwhile. Default false.</summary>
    public bool CleanStart { get; set; }

    /// <summary>How long the broker keeps messages for this gateway while it is away (5.0). Default 1 day.</summary>
    // Outlasts a night's outage; brokers lower it to what they allow.
    public TimeSpan SessionExpiry { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Keep what is retained there retained here too (5.0). Default false: it comes in as any other message.</summary>
    public bool Retain { get; set; }

    /// <summary>What topics are called here; the first entry that matches decides, and without entries they stay. Default none.</summary>
    public List<BridgeTopic> TopicMap { get; set; } = [];

    /// <summary>Messages on their way to being stored; the broker holds back the others (5.0). 1 to 128, default 100.</summary>
    // What AWS IoT Core allows, and within what a twin remembers to know a redelivery by (RecentMessages).
    public ushort ReceiveMaximum { get; set; } = 100;

    /// <summary>Largest packet to accept, in bytes, 1,024 to 268,435,455. Default 256 KiB.</summary>
    // The same as of a device here (MqttGatewayOptions.MaxPacketBytes).
    public int MaxPacketBytes { get; set; } = 256 * 1024;

    /// <summary>Longest silence before a ping, 5 s to 18 h. Default 60 s.</summary>
    // Within AWS IoT Core's 30 to 1,200 s.
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest pause before trying again, 0.1 s to 1 h; it begins at a second at most and doubles, with jitter. Default 30 s.</summary>
    // Also the pause while the own store is down, and so how soon messages flow again once it is back.
    public TimeSpan LongestReconnectPause { get; set; } = TimeSpan.FromSeconds(30);

    internal bool UsesTls => Tls is { Enabled: true };

    internal int PortInUse => Port ?? (UsesTls ? 8883 : 1883);

    internal string ClientIdInUse => (ClientId ?? $"orleansiot-{Name}-{{machine}}").Replace("{machine}", Environment.MachineName, StringComparison.Ordinal);
}
