namespace OrleansIot.Gateway.Broker;

/// <summary>When something is due of a session: its will, or its end.</summary>
/// <param name="Order">Tells two of one moment apart.</param>
internal readonly record struct SessionDue(DateTimeOffset At, long Order, ClientSession Session) : IComparable<SessionDue>
{
    public int CompareTo(SessionDue other) => At != other.At ? At.CompareTo(other.At) : Order.CompareTo(other.Order);
}
