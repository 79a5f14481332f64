using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins.Mailboxes;

/// <summary>What became of putting a command into a mailbox.</summary>
internal enum Posting
{
    Posted,

    /// <summary>This mailbox was given up: ask for a new one.</summary>
    Retired,
}

/// <summary>
/// The owner of one device in the Standalone edition: commands wait here in their order; whoever puts the first one in makes
/// the thread pool run them. What gathers while a commit is under way shares the next one.
/// </summary>
internal sealed class TwinMailbox(DeviceId device, MailboxTwins twins) : IThreadPoolWorkItem
{
    // More would only let one device's batch hold up the commit that it shares with others.
    private const int MaxBatch = 256;

    private readonly Lock _lock = new();
    private readonly WaitingCommands _waiting = new(twins.MailboxCapacity);
    private LiveTwin? _live;
    private Instant _reviewAt = Instant.MaxValue;
    private bool _running;
    private bool _retired;

    public DeviceId Device { get; } = device;

    public Posting TryPost(TwinCommand command, out ValueTask<Decision> promise, CancellationToken cancellation)
    {
        promise = default;
        lock (_lock)
        {
            if (_retired)
                return Posting.Retired;

            promise = _waiting.Add(command, cancellation);
            if (_running)
                return Posting.Posted;

            _running = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return Posting.Posted;
    }

    /// <summary>Asks to be reviewed then, unless it is to be before. One moment counts at a time; a later one asks again when the earlier has come.</summary>
    public void ReviewAt(Instant at)
    {
        lock (_lock)
        {
            if (at >= _reviewAt)
                return;

            _reviewAt = at;
        }

        twins.Schedule(this, at);
    }

    /// <summary>The schedule's call: a moment asked for has come.</summary>
    public void ReviewDue(Instant at)
    {
        lock (_lock)
        {
            // An earlier moment took its place, and asked for all that follows.
            if (at != _reviewAt)
                return;

            _reviewAt = Instant.MaxValue;
        }

        twins.Review(this);
    }

    public void Execute() => _ = Run();

    private async Task Run()
    {
        var commands = new TwinCommand[1];
        var decisions = new Decision[1];
        var batch = new List<PendingCommand>(1);
        while (Take(batch))
        {
            if (commands.Length < batch.Count)
            {
                commands = new TwinCommand[batch.Count];
                decisions = new Decision[batch.Count];
            }

            for (var i = 0; i < batch.Count; i++)
                commands[i] = batch[i].Command;

            try
            {
                _live ??= await LiveTwin.Activate(Device, twins.Services, CancellationToken.None);
                await _live.Execute(commands.AsMemory(0, batch.Count), decisions.AsMemory(0, batch.Count), CancellationToken.None);

                // May be in the past already, when the commit took long: then it is reviewed at the next tick.
                if (_live.NextReview() is { } next)
                    ReviewAt(next);
            }
            catch (Exception e)
            {
                // Whatever it was, the outcome is unknown: forget, tell those who wait, and take the twin up again from the journal.
                _live = null;
                twins.ReportFailure(Device, e);
                foreach (var pending in batch)
                    pending.Fail(new TwinUnavailableException($"Device {Device} could not record what happened; nothing was acknowledged.", e));

                continue;
            }

            for (var i = 0; i < batch.Count; i++)
                batch[i].Complete(decisions[i]);
        }
    }

    // False when there is nothing left to do: this run ends then.
    private bool Take(List<PendingCommand> batch)
    {
        batch.Clear();
        lock (_lock)
        {
            _waiting.Take(batch, MaxBatch);
            if (batch.Count > 0)
                return true;

            _running = false;
            _retired = _live is not { Twin.Exists: true };
        }

        if (_retired)
            twins.Forget(this);

        return false;
    }
}
