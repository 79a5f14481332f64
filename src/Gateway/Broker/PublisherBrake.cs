namespace OrleansIot.Gateway.Broker;

/// <summary>
/// Has publishers wait for one subscriber that is behind, until it has caught up. One that takes nothing for
/// <see cref="MqttGatewayOptions.ShedAfter"/>, or is behind for much longer, holds nobody up again before that. Guarded by the queue's lock.
/// </summary>
internal sealed class PublisherBrake(SlowSubscribers all)
{
    // About what one publisher brings at a time: all of them at once would only find the queue full again.
    private const int TakenForEach = 64;

    private readonly LinkedList<HeldPublisher> _line = new();
    private volatile State _state;
    private long _since;
    private long _lastTaken;
    private int _taken;

    private enum State
    {
        KeepsUp,
        Behind,
        GivenUp,
    }

    /// <summary>Whether publishers have to wait. On any thread.</summary>
    public bool IsOn => _state == State.Behind;

    /// <summary>Too much waits for the subscriber; true when that is new.</summary>
    public bool Apply()
    {
        if (_state != State.KeepsUp)
            return false;

        _since = _lastTaken = all.Time.GetTimestamp();
        _state = State.Behind;
        all.Change(1);
        return true;
    }

    /// <summary>The subscriber took a message.</summary>
    /// <param name="hasCaughtUp">Little enough waits for it now.</param>
    /// <param name="isIdle">Nothing does.</param>
    public void Taken(bool hasCaughtUp, bool isIdle)
    {
        if (_state == State.Behind)
            _lastTaken = all.Time.GetTimestamp();
        if (hasCaughtUp)
            Leave(State.KeepsUp);
        if (_state != State.KeepsUp || _line.Count == 0)
            return;

        if (isIdle)
            EndLine();
        else if (++_taken % TakenForEach == 1)
            Next();
    }

    /// <summary>For how long at the most the publisher waits; null where it does not.</summary>
    public TimeSpan? TryHold(HeldPublisher publisher, bool isQoS0, long now)
    {
        if (_state != State.Behind)
            return null;

        if (all.Left(_since, _lastTaken, now, isQoS0: false) <= TimeSpan.Zero)
        {
            GiveUp();
            return null;
        }

        var left = all.Left(_since, _lastTaken, now, isQoS0);
        if (left <= TimeSpan.Zero)
            return null;

        publisher.Place ??= new LinkedListNode<HeldPublisher>(publisher);
        if (publisher.Place.List is null)
        {
            _line.AddLast(publisher.Place);
            all.Metrics.PublisherHeld();
        }

        return left;
    }

    public void LetGo(HeldPublisher publisher)
    {
        if (publisher.Place?.List == _line)
            _line.Remove(publisher.Place);
    }

    /// <summary>The connection has ended; one that was given up has still to catch up in the next.</summary>
    public void Release()
    {
        if (_state == State.Behind)
            Leave(State.KeepsUp);
        EndLine();
    }

    private void GiveUp()
    {
        all.Metrics.SubscriberGivenUp();
        Leave(State.GivenUp);
        EndLine();
    }

    private void Leave(State next)
    {
        if (_state == State.Behind)
            all.Change(-1);
        if (_state != next)
            _taken = 0;
        _state = next;
    }

    private void EndLine()
    {
        while (_line.Count > 0)
            Next();
    }

    private void Next()
    {
        var publisher = _line.First!.Value;
        _line.RemoveFirst();
        publisher.GoOn();
    }
}
