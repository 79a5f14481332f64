namespace OrleansIot.Gateway.Peers;

/// <summary>When something happened, so that all gateways agree on which of two was last.</summary>
/// <param name="Ticks">Of UTC, but never before what that gateway had heard of.</param>
/// <param name="Run">The gateway's own, which decides between two at one tick.</param>
internal readonly record struct PeerStamp(long Ticks, int Run) : IComparable<PeerStamp>
{
    public int CompareTo(PeerStamp other) => Ticks != other.Ticks ? Ticks.CompareTo(other.Ticks) : Run.CompareTo(other.Run);

    public bool IsAfter(PeerStamp other) => CompareTo(other) > 0;
}
