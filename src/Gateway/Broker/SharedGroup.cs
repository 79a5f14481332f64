using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Broker;

/// <summary>The subscriptions to one <c>$share/{name}/{filter}</c>: each message goes to one of them (4.8.2).</summary>
internal sealed class SharedGroup
{
    private Subscription[] _members = [];
    private uint _turn;

    public SharedGroup(TopicFilter filter) => Entry = new Subscription(null, filter, default, [], this);

    /// <summary>What stands for the group among the subscriptions.</summary>
    public Subscription Entry { get; }

    public bool IsEmpty => _members.Length == 0;

    /// <summary>Adds a member, or replaces its earlier subscription; answers whether it is new. One caller at a time.</summary>
    public bool Add(Subscription member)
    {
        var at = Array.FindIndex(_members, other => other.Session == member.Session);
        if (at < 0)
        {
            Volatile.Write(ref _members, [.. _members, member]);
            return true;
        }

        var members = _members.ToArray();
        members[at] = member;
        Volatile.Write(ref _members, members);
        return false;
    }

    /// <summary>One caller at a time.</summary>
    public bool Remove(Subscription member)
    {
        var members = Array.FindAll(_members, other => other.Session != member.Session);
        if (members.Length == _members.Length)
            return false;

        Volatile.Write(ref _members, members);
        return true;
    }

    /// <summary>
    /// Whose turn it is: the next that is connected and keeps up, else the next that is connected, else the next whose session is
    /// kept; null where there is none.
    /// </summary>
    public Subscription? Next()
    {
        var members = Volatile.Read(ref _members);
        if (members.Length == 0)
            return null;

        var first = (int)(Interlocked.Increment(ref _turn) % (uint)members.Length);
        Subscription? connected = null;
        for (var i = 0; i < members.Length; i++)
        {
            var member = members[(first + i) % members.Length];
            var deliveries = member.Session!.Deliveries;
            if (!deliveries.IsConnected)
                continue;
            if (!deliveries.IsFull && !deliveries.IsBehind)
                return member;
            connected ??= member;
        }

        return connected ?? members[first];
    }

    /// <summary>Whose queue a publisher waits for: null while there is a member that keeps up, or none is connected.</summary>
    public DeliveryQueue? Behind()
    {
        DeliveryQueue? behind = null;
        foreach (var member in Volatile.Read(ref _members))
        {
            var deliveries = member.Session!.Deliveries;
            if (!deliveries.IsConnected)
                continue;
            if (!deliveries.IsBehind)
                return null;
            behind ??= deliveries;
        }

        return behind;
    }
}
