using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>What became of a run.</summary>
/// <param name="RunId">What the run's message ids begin with.</param>
/// <param name="Sent">Messages handed to the network, each counted once.</param>
/// <param name="Resent">Further sendings of a message with DUP, after a connection broke.</param>
/// <param name="Acknowledged">Messages whose PUBACK said success; 0 with QoS 0.</param>
/// <param name="Refused">Messages whose PUBACK said otherwise, by reason.</param>
/// <param name="Unacknowledged">QoS 1 messages that were sent and never answered.</param>
/// <param name="Unsent">Messages of the total that were not sent as their connection was lost for good.</param>
/// <param name="ConnectDuration">Until all connections were open.</param>
/// <param name="Duration">
/// From then on until the last PUBACK; with QoS 0 until the server closed the last connection, having read DISCONNECT.
/// </param>
/// <param name="Latency">From PUBLISH to PUBACK, or null without any.</param>
/// <param name="CpuTime">Processor time of this process over <paramref name="Duration"/>; in-process servers are in it too.</param>
/// <param name="ConnectionErrors">Connections that broke or could not be opened, tries included.</param>
/// <param name="ConnectionsLost">Connections that were given up.</param>
/// <param name="FirstError">What the first connection error said.</param>
public sealed record SwarmResult(
    string RunId,
    long Sent,
    long Resent,
    long Acknowledged,
    IReadOnlyDictionary<MqttReasonCode, long> Refused,
    long Unacknowledged,
    long Unsent,
    TimeSpan ConnectDuration,
    TimeSpan Duration,
    SwarmLatency? Latency,
    TimeSpan CpuTime,
    long ConnectionErrors,
    int ConnectionsLost,
    string? FirstError)
{
    public double MessagesPerSecond => Duration > TimeSpan.Zero ? Sent / Duration.TotalSeconds : 0;

    public TimeSpan CpuPerMessage => Sent > 0 ? CpuTime / Sent : TimeSpan.Zero;

    /// <summary>Whether every message was sent and, with QoS 1, acknowledged.</summary>
    public bool IsComplete => Sent > 0 && ConnectionsLost == 0 && Unsent == 0 && Unacknowledged == 0 && Refused.Count == 0;
}
