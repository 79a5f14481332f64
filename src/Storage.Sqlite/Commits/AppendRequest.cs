using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;
using OrleansIot.Application.Twins.Ports;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>An append on its way, and the awaiting of it. Pooled: one is taken per append and goes back when it was awaited.</summary>
internal sealed class AppendRequest : WriteRequest, IValueTaskSource
{
    // The continuation runs where the outcome is told: see CommittedBatch.
    private ManualResetValueTaskSourceCore<bool> _outcome;
    private ObjectPool<AppendRequest> _pool = null!;

    public TwinAppend Append { get; private set; } = null!;

    public ValueTask Outcome => new(this, _outcome.Version);

    /// <param name="from">Where it was taken from, and goes back to.</param>
    public void Start(TwinAppend append, ObjectPool<AppendRequest> from)
    {
        Append = append;
        _pool = from;
    }

    public override void Succeed() => _outcome.SetResult(true);

    public override void Fail(Exception failure) => _outcome.SetException(failure);

    /// <summary>When it was awaited, or never reached the writer.</summary>
    public void GiveBack()
    {
        Append = null!;
        _outcome.Reset();
        _pool.Return(this);
    }

    public void GetResult(short token)
    {
        // Throws for whoever asks a second time: by then this may be somebody else's append, and must stay so.
        if (_outcome.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The outcome is not there yet: await it.");

        try
        {
            _outcome.GetResult(token);
        }
        finally
        {
            GiveBack();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _outcome.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);
}
