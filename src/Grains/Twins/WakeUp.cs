using OrleansIot.Domain;

namespace OrleansIot.Grains.Twins;

/// <summary>One timer of a grain for all that it waits for: it is set to the earliest moment, and moved only when an earlier one comes.</summary>
internal sealed class WakeUp(IGrainBase grain, Func<Task> call, TimeProvider time)
{
    // The timer's own limit is 49 days; a day early is only a look.
    private static readonly TimeSpan AtMost = TimeSpan.FromDays(1);

    private IGrainTimer? _timer;
    private Instant _at = Instant.MaxValue;

    /// <summary>Calls then, unless it is to call before.</summary>
    public void At(Instant at)
    {
        if (at >= _at)
            return;

        _at = at;
        var wait = at - Instant.From(time.GetUtcNow());
        wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait > AtMost ? AtMost : wait;
        if (_timer is null)
            _timer = grain.RegisterGrainTimer(static self => self.Call(), this, new GrainTimerCreationOptions(wait, Timeout.InfiniteTimeSpan) { Interleave = true });
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private Task Call()
    {
        _at = Instant.MaxValue;
        return call();
    }
}
