namespace OrleansIot.Gateway.Broker;

/// <summary>A publisher whose next message is for a subscriber that is behind. Belongs to the publisher's reader, but for its place in the line.</summary>
/// <param name="goOn">Called when it may try again; on any thread.</param>
internal sealed class HeldPublisher(Action goOn)
{
    private DeliveryQueue? _at;

    /// <summary>Its place in line, under the lock of the queue.</summary>
    public LinkedListNode<HeldPublisher>? Place { get; set; }

    /// <summary>When it is to try again by itself; null while it is not held.</summary>
    public (long From, TimeSpan Span)? Wait { get; private set; }

    public void GoOn() => goOn();

    /// <summary>Whether the queue holds it up; it waits at one at a time.</summary>
    public bool IsHeldBy(DeliveryQueue queue, bool isQoS0, long now)
    {
        if (!queue.IsBehind)
            return false;

        if (_at != queue)
            LeaveLine();
        if (queue.TryHold(this, isQoS0, now) is not { } span)
            return false;

        _at = queue;
        Wait = (now, span);
        return true;
    }

    /// <summary>It goes on.</summary>
    public void NoLonger() => Wait = null;

    /// <summary>It is not to be called any more.</summary>
    public void LeaveLine()
    {
        _at?.LetGo(this);
        _at = null;
        Wait = null;
    }
}
