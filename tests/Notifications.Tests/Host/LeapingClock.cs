using OrleansIot.TestKit.Time;

namespace OrleansIot.Notifications.Tests.Host;

/// <summary>A clock that is set forward once, in the moment before a timer is set: after whoever sets it has read the clock.</summary>
/// <param name="before">The timer of which length it is.</param>
internal sealed class LeapingClock(ManualTime time, TimeSpan leap, Func<TimeSpan, bool> before) : TimeProvider
{
    private bool _hasLeapt;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (before(dueTime) && !Interlocked.Exchange(ref _hasLeapt, true))
            time.Advance(leap);
        return time.CreateTimer(callback, state, dueTime, period);
    }
}
