using OrleansIot.Gateway.Broker;

namespace OrleansIot.Gateway.Peers;

/// <summary>What one gateway tells another; the number is the one on the wire.</summary>
internal enum PeerItemKind : byte
{
    /// <summary>The sender's interest, from nothing: all its filters follow.</summary>
    InterestStart = 1,

    FilterAdded = 2,

    FilterRemoved = 3,

    /// <summary>For whoever is subscribed.</summary>
    Message = 4,

    /// <summary>For whoever is subscribed, and to be retained.</summary>
    RetainedMessage = 5,

    /// <summary>Retained before the receiver joined: news only where the receiver knows nothing later. An empty one was removed.</summary>
    RetainedState = 6,

    /// <summary>A client is connected to the sender, and so to nobody that it was connected to earlier.</summary>
    ClientConnected = 7,
}

/// <summary>Something for a peer that waits its turn.</summary>
/// <param name="Stamp">Of what is retained and of connections.</param>
internal readonly record struct PeerItem(PeerItemKind Kind, BrokeredMessage? Message, string? ClientId, PeerStamp Stamp)
{
    // Roughly the objects around an id, as BrokeredMessage counts them.
    private const int ObjectBytes = 64;

    /// <summary>What it counts as in a bounded queue.</summary>
    public int Size => Message?.Size ?? ((ClientId!.Length * sizeof(char)) + ObjectBytes);

    public static PeerItem Of(BrokeredMessage message) => new(PeerItemKind.Message, message, null, default);

    public static PeerItem Retained(BrokeredMessage message, PeerStamp stamp) => new(PeerItemKind.RetainedMessage, message, null, stamp);

    public static PeerItem State(BrokeredMessage message, PeerStamp stamp) => new(PeerItemKind.RetainedState, message, null, stamp);

    public static PeerItem Connected(string clientId, PeerStamp stamp) => new(PeerItemKind.ClientConnected, null, clientId, stamp);
}
