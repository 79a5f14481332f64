using System.Threading.Tasks.Sources;
using Microsoft.Extensions.ObjectPool;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Mailboxes;

/// <summary>A command on its way through a mailbox, and the promise of its decision. Reused, since there is one per reading.</summary>
internal sealed class PendingCommand : IValueTaskSource<Decision>
{
    // Enough for what a few hundred connections have in flight; beyond that the collector takes them.
    private const int PoolSize = 8_192;

    private static readonly DefaultObjectPool<PendingCommand> Pool = new(new DefaultPooledObjectPolicy<PendingCommand>(), PoolSize);

    private ManualResetValueTaskSourceCore<Decision> _core;

    public TwinCommand Command { get; private set; } = null!;

    public ValueTask<Decision> Promise => new(this, _core.Version);

    public static PendingCommand Rent(TwinCommand command)
    {
        var pending = Pool.Get();
        pending.Command = command;
        return pending;
    }

    public void Complete(Decision decision) => _core.SetResult(decision);

    public void Fail(Exception exception) => _core.SetException(exception);

    Decision IValueTaskSource<Decision>.GetResult(short token)
    {
        // Throws for whoever asks a second time: by then this may be somebody else's command, and must stay so.
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending)
            throw new InvalidOperationException("The decision is not there yet: await it.");

        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Command = null!;
            Pool.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<Decision>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<Decision>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
