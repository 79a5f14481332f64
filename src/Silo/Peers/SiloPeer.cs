using OrleansIot.Gateway.Peers;

namespace OrleansIot.Silo.Peers;

/// <inheritdoc cref="ISiloPeer"/>
internal sealed class SiloPeer(GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory logs, GatewayPeers peers) : GrainService(id, silo, logs), ISiloPeer
{
    // One batch after another in this silo's own turn: taking one in never waits, and is some microseconds a message.
    public Task<int> Receive(SiloPeerBatch batch) => Task.FromResult((int)peers.Receive(SiloPeers.IdOf(batch.From), batch.Bytes));
}
