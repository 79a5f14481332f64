namespace OrleansIot.Gateway.Peers;

/// <summary>
/// The way to the other gateways of a cluster; a host that is one of many brings it with <see cref="PeerRegistration"/>. What
/// goes over it is the gateways' own affair: the transport hands it to <see cref="GatewayPeers.Receive"/> on the other side.
/// </summary>
public interface IPeerTransport
{
    /// <summary>
    /// Sends a batch, and answers what the peer's <see cref="GatewayPeers.Receive"/> answered. To one peer there is one call at a
    /// time. The array is given away: it may be kept, and passed on without a copy.
    /// </summary>
    /// <exception cref="PeerUnreachableException">Nobody knows whether it arrived. The same batch will be sent again.</exception>
    Task<PeerAnswer> Send(PeerId peer, byte[] batch, CancellationToken cancellation);
}
