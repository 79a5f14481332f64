using System.Net;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>What a swarm of simulated devices sends, how fast and where to.</summary>
public sealed class SwarmOptions
{
    /// <summary>In <see cref="Topic"/>, stands for the device's id.</summary>
    public const string IdPlaceholder = "{id}";

    /// <summary>Broker's name or address; a loopback one unless <see cref="AllowRemote"/>. Default 127.0.0.1.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Broker's TCP port. Default 1883.</summary>
    public int Port { get; set; } = 1883;

    /// <summary>
    /// The entries of one cluster, instead of <see cref="Host"/> and <see cref="Port"/>: connections are dealt out to them in
    /// turn, and one that broke tries the next. Empty by default.
    /// </summary>
    public IReadOnlyList<BrokerAddress> Brokers { get; set; } = [];

    /// <summary>Lets <see cref="Host"/> and <see cref="Brokers"/> be other machines. Off by default: a load generator pointed elsewhere by mistake is an attack.</summary>
    public bool AllowRemote { get; set; }

    /// <summary>Devices, 1 to 1,000,000, named <see cref="DevicePrefix"/> and a number from 0. Default 1,000.</summary>
    public int Devices { get; set; } = 1_000;

    /// <summary>
    /// TCP connections that carry them, 1 to <see cref="Devices"/>. Default 50. With one per device, client ids are device
    /// ids; with fewer, each connection speaks for several devices under a name of its own.
    /// </summary>
    public int Connections { get; set; } = 50;

    /// <summary>Messages per second over all devices; 0, the default, is flat out.</summary>
    public double Rate { get; set; }

    /// <summary>Messages over all devices; null when <see cref="Duration"/> alone ends the run. Default 100,000.</summary>
    public long? Messages { get; set; } = 100_000;

    /// <summary>Time after which no new message is sent; null, the default, when <see cref="Messages"/> alone ends the run.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>At most once, or at least once (the default).</summary>
    public MqttQoS QoS { get; set; } = MqttQoS.AtLeastOnce;

    /// <summary>3.1.1 (the default) or 5.0.</summary>
    public MqttVersion Protocol { get; set; } = MqttVersion.V311;

    /// <summary>Length of a payload, filled up with blanks; the six metrics set a lower limit of about 150. Default 200 bytes.</summary>
    public int PayloadBytes { get; set; } = 200;

    /// <summary>Topic of a device. Default <c>dt/devices/{id}/telemetry</c>.</summary>
    public string Topic { get; set; } = $"dt/devices/{IdPlaceholder}/telemetry";

    /// <summary>What device ids begin with. Default <c>swarm-</c>.</summary>
    public string DevicePrefix { get; set; } = "swarm-";

    /// <summary>Decides the metrics' values: the same seed, device and sequence number give the same values. Default 1.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Adds <c>messageId</c>, <see cref="RunId"/> and the sequence number. Off by default.</summary>
    public bool MessageIds { get; set; }

    /// <summary>What message ids begin with; a new one per run by default, as a server forgets no message id for a while.</summary>
    public string RunId { get; set; } = Guid.NewGuid().ToString("N")[..8];

    /// <summary>
    /// Adds <c>dueAt</c>, from which a swarm that listens on the same machine tells how long the message was under way.
    /// Off by default.
    /// </summary>
    public bool DueTimes { get; set; }

    /// <summary>
    /// A topic filter that every connection subscribes to, instead of publishing: then <see cref="Messages"/> is how many are to
    /// come over all connections, and <see cref="Rate"/> how many are read at most. Default none.
    /// </summary>
    public string? Listen { get; set; }

    /// <summary>Messages a connection has under way before it waits for a PUBACK (QoS 1), 1 to 65,535. Default 64.</summary>
    public int Window { get; set; } = 64;

    /// <summary>
    /// How often a connection that broke tries to come back before it gives up; what was not acknowledged is sent again with
    /// DUP. The count starts anew after each acknowledgement. Default 0: a broken connection ends.
    /// </summary>
    public int ReconnectTries { get; set; }

    /// <summary>
    /// A connection without progress for so long counts as broken; one that listens has then got all that it will. Default 30 s.
    /// </summary>
    public TimeSpan StallLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Messages that were due in the first so long do not count in the latency: this process and its broker are still being compiled.
    /// Default none; not all of <see cref="Duration"/>.
    /// </summary>
    public TimeSpan Settle { get; set; }

    /// <summary>File that gets a line <c>device sequence</c> for each acknowledged message, at the latest 100 ms after it. Default none.</summary>
    public string? AckLog { get; set; }

    /// <summary>Where a connection goes: its own entry first, and the one after that with each further try.</summary>
    public BrokerAddress Broker(int connection, int tries) =>
        Brokers.Count == 0 ? new BrokerAddress(Host, Port) : Brokers[(int)(((uint)connection + (uint)tries) % (uint)Brokers.Count)];

    /// <summary>The id of device <paramref name="number"/>, counted from 0.</summary>
    public string DeviceId(int number) => $"{DevicePrefix}{number}";

    /// <summary>The id of the message that device sent with this sequence number.</summary>
    public string MessageId(long sequence) => $"{RunId}-{sequence:D10}";

    /// <summary>What is wrong with these options, one sentence each with the mend; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Require(AllowRemote || IsLoopback(Host), $"--host {Host} is not this machine. Give 127.0.0.1, or add --allow-remote if you own that broker.");
        Require(Port is >= 1 and <= 65_535, $"--port {Port} is no TCP port. Give 1 to 65535.");
        foreach (var broker in Brokers)
        {
            Require(AllowRemote || IsLoopback(broker.Host), $"--broker {broker} is not this machine. Give 127.0.0.1, or add --allow-remote if you own that broker.");
            Require(broker.Port is >= 1 and <= 65_535, $"--broker {broker} has no TCP port. Give 1 to 65535.");
        }

        Require(Devices is >= 1 and <= 1_000_000, $"--devices {Devices} is out of range. Give 1 to 1000000.");
        Require(Connections >= 1 && Connections <= Devices, $"--connections {Connections} does not fit {Devices} devices. Give 1 to {Devices}.");
        Require(Rate >= 0 && double.IsFinite(Rate), $"--rate {Rate} is out of range. Give messages per second, 0 for flat out.");
        Require(Messages is null or >= 1, $"--messages {Messages} is out of range. Give 1 or more.");
        Require(Duration is null || Duration > TimeSpan.Zero, $"--duration {Duration} is out of range. Give a time such as 00:00:30.");
        Require(Messages is not null || Duration is not null, "Neither --messages nor --duration is given. Give one, so that the run ends.");
        Require(Listen is null || Messages is not null, "--listen does not say how many messages are to come. Give --messages.");
        Require(QoS is MqttQoS.AtMostOnce or MqttQoS.AtLeastOnce, "--qos is neither 0 nor 1. Give one of them.");
        Require(Protocol is MqttVersion.V311 or MqttVersion.V5, "--protocol is neither 3.1.1 nor 5. Give one of them.");
        Require(PayloadBytes is >= 0 and <= 1_048_576, $"--payload-bytes {PayloadBytes} is out of range. Give at most 1048576.");
        Require(Topic.Contains(IdPlaceholder), $"--topic {Topic} does not say where the device id goes. Give it a {IdPlaceholder}.");
        Require(!Topic.AsSpan().ContainsAny('+', '#'), $"--topic {Topic} has a wildcard. Give a topic name without + and #.");
        Require(DevicePrefix.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '-'), $"--device-prefix {DevicePrefix} has a character that device ids do not. Give a-z A-Z 0-9 : _ -.");
        Require(RunId.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'), $"--run-id {RunId} has a character other than a-z A-Z 0-9 -.");
        Require(Window is >= 1 and <= 65_535, $"--window {Window} is out of range. Give 1 to 65535.");
        Require(ReconnectTries is >= 0 and <= 10_000, $"--reconnect {ReconnectTries} is out of range. Give 0 to 10000 tries.");
        Require(Settle >= TimeSpan.Zero && (Duration is null || Settle < Duration), $"--settle {Settle} leaves nothing to measure. Give less than --duration.");
        Require(StallLimit >= TimeSpan.FromSeconds(1), $"--stall-limit {StallLimit} is out of range. Give a second or more.");
        return problems;

        void Require(bool condition, string problem)
        {
            if (!condition)
                problems.Add(problem);
        }
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
