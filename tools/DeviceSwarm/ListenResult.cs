namespace OrleansIot.DeviceSwarm;

/// <summary>What a swarm that listens has received.</summary>
/// <param name="Received">Messages over all connections.</param>
/// <param name="Duration">From the first message to the last.</param>
/// <param name="Latency">From when a message was due at its publisher, or null where messages do not say.</param>
/// <param name="CpuTime">Processor time of this process from the first message on.</param>
/// <param name="ConnectionsLost">Connections that could not be opened, or that the server ended.</param>
/// <param name="FirstError">What the first of them said.</param>
public sealed record ListenResult(long Received, TimeSpan Duration, SwarmLatency? Latency, TimeSpan CpuTime, int ConnectionsLost, string? FirstError)
{
    public TimeSpan CpuPerMessage => Received > 0 ? CpuTime / Received : TimeSpan.Zero;
}
