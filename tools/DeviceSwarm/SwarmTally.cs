using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>What one connection has counted. Owned by its loop; read when that has ended.</summary>
internal sealed class SwarmTally
{
    public LatencyHistogram Latency { get; } = new();

    public Dictionary<MqttReasonCode, long> Refused { get; } = [];

    public long Sent { get; set; }

    public long Resent { get; set; }

    public long Acknowledged { get; set; }

    public long ConnectionErrors { get; set; }

    public bool IsLost { get; set; }

    public string? FirstError { get; set; }

    public void CountRefusal(MqttReasonCode reason) => Refused[reason] = Refused.GetValueOrDefault(reason) + 1;

    public void CountError(Exception error)
    {
        ConnectionErrors++;
        FirstError ??= error.Message;
    }
}
