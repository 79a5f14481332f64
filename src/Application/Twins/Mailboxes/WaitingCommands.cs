using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Mailboxes;

/// <summary>
/// Commands for one device, in the order in which they came. So many of them are in and will be executed; those behind wait at the
/// door, where whoever sent one may still give it up, and nobody goes in before them. Its owner's lock guards it.
/// </summary>
internal sealed class WaitingCommands(int capacity)
{
    private readonly Queue<PendingCommand> _in = new();

    // Not bounded here, but by its senders: each waits for what it sent, with one command or a window of its own.
    private Queue<AtTheDoor>? _door;

    public bool IsEmpty => _in.Count == 0;

    /// <summary>The promise of the command's decision.</summary>
    public ValueTask<Decision> Add(TwinCommand command, CancellationToken cancellation) =>
        _in.Count < capacity && IsDoorFree ? LetIn(PendingCommand.Rent(command)) : Queue(command, cancellation);

    /// <summary>As one of several that came together: in, however many there are, unless others wait at the door.</summary>
    public ValueTask<Decision> AddTogether(TwinCommand command) => IsDoorFree ? LetIn(PendingCommand.Rent(command)) : Queue(command, CancellationToken.None);

    /// <summary>Puts the next ones into the batch, and lets others in.</summary>
    public void Take(List<PendingCommand> batch, int most)
    {
        while (batch.Count < most && _in.TryDequeue(out var pending))
            batch.Add(pending);

        while (_door is not null && _in.Count < capacity && _door.TryDequeue(out var next))
            Admit(next);
    }

    public PendingCommand[] TakeAll()
    {
        while (_door is not null && _door.TryDequeue(out var next))
            Admit(next);

        PendingCommand[] all = [.. _in];
        _in.Clear();
        return all;
    }

    private bool IsDoorFree => _door is not { Count: > 0 };

    private ValueTask<Decision> Queue(TwinCommand command, CancellationToken cancellation)
    {
        var waiting = new AtTheDoor(command);
        (_door ??= new()).Enqueue(waiting);
        return waiting.Decision(cancellation);
    }

    private ValueTask<Decision> LetIn(PendingCommand pending)
    {
        _in.Enqueue(pending);
        return pending.Promise;
    }

    private void Admit(AtTheDoor waiting)
    {
        var pending = PendingCommand.Rent(waiting.Command);
        if (waiting.Admitted.TrySetResult(pending.Promise))
            _in.Enqueue(pending);
    }

    private sealed class AtTheDoor(TwinCommand command)
    {
        public TwinCommand Command { get; } = command;

        /// <summary>Cancelled when it was given up.</summary>
        public TaskCompletionSource<ValueTask<Decision>> Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<Decision> Decision(CancellationToken cancellation)
        {
            await using (cancellation.UnsafeRegister(static (waiting, token) => ((AtTheDoor)waiting!).Admitted.TrySetCanceled(token), this))
            {
                var promise = await Admitted.Task;
                return await promise;
            }
        }
    }
}
