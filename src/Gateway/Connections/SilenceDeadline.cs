namespace OrleansIot.Gateway.Connections;

/// <summary>Calls back when nothing was heard for too long. Hearing something costs a clock reading, not a timer.</summary>
internal sealed class SilenceDeadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action _onExpired;
    private TimeSpan _limit = Timeout.InfiniteTimeSpan;
    private ITimer? _timer; // none for the many clients that switch keep-alive off
    private long _lastHeard;
    private volatile bool _isPaused;

    public SilenceDeadline(TimeProvider time, Action onExpired)
    {
        _time = time;
        _onExpired = onExpired;
    }

    /// <summary>While we do not listen, silence is not the client's.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        set
        {
            if (!value)
                Touch();
            _isPaused = value;
        }
    }

    /// <summary>Starts anew with this limit; an infinite one switches it off.</summary>
    public void Start(TimeSpan limit)
    {
        _limit = limit;
        Touch();
        _timer ??= _time.CreateTimer(static state => ((SilenceDeadline)state!).Check(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    public void Touch() => Volatile.Write(ref _lastHeard, _time.GetTimestamp());

    public void Dispose() => _timer?.Dispose();

    private void Check()
    {
        if (_limit == Timeout.InfiniteTimeSpan)
            return;

        var left = _isPaused ? _limit : _limit - _time.GetElapsedTime(Volatile.Read(ref _lastHeard));
        if (left > TimeSpan.Zero)
            _timer!.Change(left, Timeout.InfiniteTimeSpan);
        else
            _onExpired();
    }
}
