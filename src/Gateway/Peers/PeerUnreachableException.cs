namespace OrleansIot.Gateway.Peers;

/// <summary>A batch may have reached the peer or not: it is sent again.</summary>
public sealed class PeerUnreachableException(string message, Exception? cause = null) : Exception(message, cause);
