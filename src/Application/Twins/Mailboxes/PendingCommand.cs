using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Mailboxes;

/// <summary>A command on its way through a mailbox, and the promise of its decision. Reused, since there is one per reading.</summary>
internal sealed class PendingCommand : IValueTaskSource<Decision>
{
    // Enough for what a few hundred connections have in flight; beyond that the collector takes them.
    private const int PoolSize = 8_192;

    private static readonly ConcurrentQueue<PendingCommand> Pool = new();

    private ManualResetValueTaskSourceCore<Decision> _core;

    private PendingCommand()
    {
    }

    public TwinCommand Command { get; private set; } = null!;

    public ValueTask<Decision> Promise => new(this, _core.Version);

    public static PendingCommand Rent(TwinCommand command)
    {
        var pending = Pool.TryDequeue(out var pooled) ? pooled : new PendingCommand();
        pending.Command = command;
        return pending;
    }

    public void Complete(Decision decision) => _core.SetResult(decision);

    public void Fail(Exception exception) => _core.SetException(exception);

    Decision IValueTaskSource<Decision>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Command = null!;
            if (Pool.Count < PoolSize)
                Pool.Enqueue(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<Decision>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<Decision>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
