namespace OrleansIot.Gateway.Peers;

/// <summary>What becomes of a batch at the gateway that it was sent to.</summary>
public enum PeerAnswer
{
    /// <summary>All of it was taken over, now or when it came before.</summary>
    Accepted,

    /// <summary>Nothing was: batches before this one are missing. Its sender has to begin anew.</summary>
    OutOfSequence,

    /// <summary>Nothing was: the sender is not known there (yet).</summary>
    UnknownSender,

    /// <summary>Nothing was, and nothing would be if it came again: it is no batch that is understood there.</summary>
    Refused,
}
