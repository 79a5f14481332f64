namespace OrleansIot.Gateway.Peers;

/// <summary>
/// This gateway as one of several: what a host with an <see cref="IPeerTransport"/> tells it. Clients of any of them then see what
/// is published through the others, find what is retained there, and are connected to one of them at a time.
/// </summary>
public sealed class GatewayPeers
{
    private readonly PeerRelay _relay;
    private readonly PeerInbox _inbox;

    internal GatewayPeers(PeerRelay relay, PeerInbox inbox) => (_relay, _inbox) = (relay, inbox);

    /// <summary>From now on this peer is told of what it wants, and listened to. A second time it means nothing.</summary>
    public void Join(PeerId peer) => _relay.Join(peer);

    /// <summary>The peer is gone: what waits for it is forgotten, and what still comes from it is not taken. It may join again.</summary>
    public void Leave(PeerId peer) => _relay.Leave(peer);

    /// <summary>
    /// Completes when each peer that has joined was heard of, or has left. A gateway that listens earlier takes messages without
    /// knowing who wants them.
    /// </summary>
    public Task Met() => _relay.Met();

    /// <summary>Takes in what a peer's <see cref="IPeerTransport.Send"/> was given. Never waits; copies what it keeps. On any thread.</summary>
    public PeerAnswer Receive(PeerId from, ReadOnlyMemory<byte> batch) => _inbox.Receive(from, batch.Span);
}
