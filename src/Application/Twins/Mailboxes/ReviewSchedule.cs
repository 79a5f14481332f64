using OrleansIot.Domain;

namespace OrleansIot.Application.Twins.Mailboxes;

/// <summary>Calls mailboxes when the moment they asked for has come, to a tenth of a second.</summary>
internal sealed class ReviewSchedule : IDisposable
{
    // Presence is to be right within a second, and durations are given in seconds.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly PriorityQueue<TwinMailbox, long> _due = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public ReviewSchedule(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => CallDue(), null, Tick, Tick);
    }

    public void Add(TwinMailbox mailbox, Instant at)
    {
        lock (_lock)
            _due.Enqueue(mailbox, at.UnixMilliseconds);
    }

    public void Dispose() => _timer.Dispose();

    private void CallDue()
    {
        var now = Instant.From(_time.GetUtcNow()).UnixMilliseconds;
        while (TakeDue(now) is { } due)
            due.Mailbox.ReviewDue(due.At);
    }

    private (TwinMailbox Mailbox, Instant At)? TakeDue(long now)
    {
        lock (_lock)
            return _due.TryPeek(out _, out var at) && at <= now ? (_due.Dequeue(), new Instant(at)) : null;
    }
}
