using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Peers;

/// <summary>How far a peer's batches have come, and what it is interested in. Under its own <see cref="Lock"/>.</summary>
internal sealed class PeerInbound
{
    private readonly TaskCompletionSource _met = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _session = long.MinValue;
    private int _next;

    public Lock Lock { get; } = new();

    public HashSet<TopicFilter> Filters { get; } = [];

    /// <summary>Nothing more is taken from it.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Completes when its first batch has come, or it has left.</summary>
    public Task Met => _met.Task;

    /// <summary>Null where the batch is to be taken in.</summary>
    public PeerAnswer? AnswerWithout(long session, int sequence)
    {
        // Of an earlier session, held up on its way: its sender waits for no answer any more.
        if (HasLeft || session < _session)
            return PeerAnswer.UnknownSender;

        if (session > _session)
            return sequence == 0 ? null : PeerAnswer.OutOfSequence;

        if (sequence < _next)
            return PeerAnswer.Accepted;
        return sequence == _next ? null : PeerAnswer.OutOfSequence;
    }

    public void Taken(long session, int sequence)
    {
        (_session, _next) = (session, sequence + 1);
        _met.TrySetResult();
    }

    public void Leave()
    {
        HasLeft = true;
        _met.TrySetResult();
    }
}
