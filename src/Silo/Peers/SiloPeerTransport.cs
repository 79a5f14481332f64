using Orleans.Runtime.Services;
using OrleansIot.Gateway.Peers;

namespace OrleansIot.Silo.Peers;

/// <summary>Brings batches to the gateway of another silo, over the connection that the silos have anyway.</summary>
internal sealed class SiloPeerTransport(IServiceProvider services, ILocalSiloDetails local) : GrainServiceClient<ISiloPeer>(services), IPeerTransport
{
    public async Task<PeerAnswer> Send(PeerId peer, byte[] batch, CancellationToken cancellation)
    {
        try
        {
            // A silo that is put out while this waits is told by the cancellation, before the call gives up by itself.
            var answer = await GetGrainService(SiloPeers.AddressOf(peer)).Receive(new SiloPeerBatch(local.SiloAddress, batch)).WaitAsync(cancellation);
            return (PeerAnswer)answer;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            throw new PeerUnreachableException($"Silo {peer} did not answer: {e.Message}", e);
        }
    }
}
