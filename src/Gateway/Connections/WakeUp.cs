using System.Threading.Tasks.Sources;

namespace OrleansIot.Gateway.Connections;

/// <summary>Lets one loop sleep until somebody has something for it. Any number of wake-ups while it is awake are one. Allocates nothing.</summary>
internal sealed class WakeUp : IValueTaskSource
{
    private const int Idle = 0;
    private const int Raised = 1;
    private const int Awaited = 2;

    // The loop goes on elsewhere: who raises is a thread that commits or reads for others.
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public void Raise()
    {
        if (TryClaim())
            _source.SetResult(true);
    }

    /// <summary>True where the loop sleeps, and the caller alone is to have it go on.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _state, Raised) == Awaited;

    /// <summary>Has the loop go on within this call; for whoever has claimed it.</summary>
    public void GoOnHere()
    {
        _source.RunContinuationsAsynchronously = false;
        _source.SetResult(true);
    }

    /// <summary>Completes when raised since the last wait ended. One waiter at a time.</summary>
    public ValueTask Wait()
    {
        if (Interlocked.CompareExchange(ref _state, Idle, Raised) == Raised)
            return ValueTask.CompletedTask;

        _source.Reset();
        _source.RunContinuationsAsynchronously = true;
        if (Interlocked.CompareExchange(ref _state, Awaited, Idle) == Idle)
            return new ValueTask(this, _source.Version);

        Interlocked.Exchange(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token)
    {
        _source.GetResult(token);
        Interlocked.Exchange(ref _state, Idle);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
