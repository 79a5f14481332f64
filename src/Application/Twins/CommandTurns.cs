using OrleansIot.Application.Twins.Mailboxes;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>
/// Commands of one device in their order: what gathers while one turn is under way shares the next. So a grain makes one append
/// of all that waited for the last, and one message to another silo carries all that waited for the last answer.
/// </summary>
/// <remarks>
/// Safe to call from anywhere. The first command's caller runs the turn, and what follows runs where that turn ended; a grain
/// calls it from its own scheduler alone, and so stays there.
/// </remarks>
public sealed class CommandTurns
{
    // As in a mailbox: more would only let one device's batch hold up the commit that it shares with others.
    private const int MaxBatch = 256;

    private readonly Func<ReadOnlyMemory<TwinCommand>, Memory<Decision>, ValueTask> _turn;
    private readonly Lock _lock = new();
    private readonly WaitingCommands _waiting;
    private readonly List<PendingCommand> _batch = new(1);
    private TaskCompletionSource? _idle;
    private Exception? _closed;
    private bool _running;

    // Reused from turn to turn: there is one turn at a time, and most carry one command.
    private TwinCommand[] _commands = new TwinCommand[1];
    private Decision[] _decisions = new Decision[1];

    /// <param name="turn">Decides the commands, in their order. When it throws, those who wait for these commands get the exception.</param>
    /// <param name="capacity">How many commands may wait; those behind them can be given up by their senders.</param>
    public CommandTurns(Func<ReadOnlyMemory<TwinCommand>, Memory<Decision>, ValueTask> turn, int capacity)
    {
        _turn = turn;
        _waiting = new WaitingCommands(capacity);
    }

    /// <summary>Whether nothing waits and no turn is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
                return !_running;
        }
    }

    public ValueTask<Decision> Execute(TwinCommand command, CancellationToken cancellation = default)
    {
        // Taken before the turn runs: by its end, what is promised may have been asked for and be somebody else's already.
        ValueTask<Decision> promise;
        lock (_lock)
        {
            if (_closed is { } reason)
                return ValueTask.FromException<Decision>(reason);

            promise = _waiting.Add(command, cancellation);
            if (_running)
                return promise;

            _running = true;
        }

        _ = Run();
        return promise;
    }

    /// <summary>
    /// Several at once, so that they share a turn. They came as one message, whose sender waits for all: where there is room for
    /// none of them they are taken all the same, which a batch from each silo bounds.
    /// </summary>
    public Task<Decision>[] Execute(ReadOnlySpan<TwinCommand> commands)
    {
        var promises = new Task<Decision>[commands.Length];
        lock (_lock)
        {
            for (var i = 0; i < commands.Length; i++)
            {
                if (_closed is { } reason)
                {
                    promises[i] = Task.FromException<Decision>(reason);
                    continue;
                }

                promises[i] = _waiting.AddTogether(commands[i]).AsTask();
            }

            if (_running || _waiting.IsEmpty)
                return promises;

            _running = true;
        }

        _ = Run();
        return promises;
    }

    /// <summary>Takes no more commands; those that wait, and those that come, fail with the reason. Completes when the turn that is under way has ended.</summary>
    public Task Close(Exception reason)
    {
        PendingCommand[] refused;
        Task ended;
        lock (_lock)
        {
            _closed ??= reason;
            refused = _waiting.TakeAll();
            ended = _running ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }

        foreach (var pending in refused)
            pending.Fail(reason);

        return ended;
    }

    private async Task Run()
    {
        var batch = _batch;
        while (Take(batch))
        {
            if (_commands.Length < batch.Count)
            {
                _commands = new TwinCommand[batch.Count];
                _decisions = new Decision[batch.Count];
            }

            for (var i = 0; i < batch.Count; i++)
                _commands[i] = batch[i].Command;

            try
            {
                await _turn(_commands.AsMemory(0, batch.Count), _decisions.AsMemory(0, batch.Count));
            }
            catch (Exception e)
            {
                // Not swallowed: each of those who wait gets it, and decides.
                foreach (var pending in batch)
                    pending.Fail(e);

                continue;
            }

            for (var i = 0; i < batch.Count; i++)
                batch[i].Complete(_decisions[i]);
        }
    }

    private bool Take(List<PendingCommand> batch)
    {
        batch.Clear();
        lock (_lock)
        {
            _waiting.Take(batch, MaxBatch);
            if (batch.Count > 0)
                return true;

            _running = false;
            _idle?.TrySetResult();
            return false;
        }
    }
}
