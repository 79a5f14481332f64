using System.Runtime.CompilerServices;
using Microsoft.Extensions.ObjectPool;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Mailboxes;

/// <summary>
/// One run of a mailbox: batch after batch until nothing waits. What would be the state machine of an async method and its arrays,
/// used again by whichever mailbox runs next: a device at rest has none, and a message costs none.
/// </summary>
internal sealed class MailboxRun : IThreadPoolWorkItem
{
    // As many devices as have a commit to wait for at once; beyond that the collector takes them.
    private const int PoolSize = 4_096;

    // One that a burst made larger is not kept for that.
    private const int LargestKept = 16;

    private static readonly DefaultObjectPool<MailboxRun> Pool = new(new DefaultPooledObjectPolicy<MailboxRun>(), PoolSize);

    private readonly List<PendingCommand> _batch = new(1);
    private readonly Action _onExecuted;
    private TwinMailbox _mailbox = null!;
    private TwinCommand[] _commands = new TwinCommand[1];
    private Decision[] _decisions = new Decision[1];
    private ValueTaskAwaiter _execution;

    public MailboxRun() => _onExecuted = OnExecuted;

    /// <summary>
    /// Runs a mailbox whose first command has just come, here and now: what is at hand in the processor's caches is decided before
    /// anything else pushes it out. Whoever posts never does so for long: a second batch is the thread pool's.
    /// </summary>
    public static void Start(TwinMailbox mailbox)
    {
        var run = Pool.Get();
        run._mailbox = mailbox;
        if (run.TryBatch())
            ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => GoOn();

    private void OnExecuted()
    {
        Conclude();
        GoOn();
    }

    private void GoOn()
    {
        while (TryBatch())
        {
        }
    }

    /// <summary>True when a batch is done and the next is to follow; false when nothing waits, or the store is waited for.</summary>
    private bool TryBatch()
    {
        if (!_mailbox.Take(_batch))
        {
            End();
            return false;
        }

        if (_commands.Length < _batch.Count)
            (_commands, _decisions) = (new TwinCommand[_batch.Count], new Decision[_batch.Count]);

        for (var i = 0; i < _batch.Count; i++)
            _commands[i] = _batch[i].Command;

#pragma warning disable CA2012 // consumed once, in Conclude: this class stands in for an async method
        _execution = _mailbox.Execute(_commands.AsMemory(0, _batch.Count), _decisions.AsMemory(0, _batch.Count)).GetAwaiter();
#pragma warning restore CA2012
        if (!_execution.IsCompleted)
        {
            _execution.UnsafeOnCompleted(_onExecuted);
            return false;
        }

        Conclude();
        return true;
    }

    private void Conclude()
    {
        try
        {
            _execution.GetResult();
            _mailbox.Executed();
        }
        catch (Exception e)
        {
            var failure = _mailbox.Failed(e);
            foreach (var pending in _batch)
                pending.Fail(failure);

            return;
        }

        for (var i = 0; i < _batch.Count; i++)
            _batch[i].Complete(_decisions[i]);
    }

    private void End()
    {
        // Neither commands nor decisions are kept alive by a spare.
        Array.Clear(_commands);
        Array.Clear(_decisions);
        (_mailbox, _execution) = (null!, default);
        if (_commands.Length <= LargestKept)
            Pool.Return(this);
    }
}
