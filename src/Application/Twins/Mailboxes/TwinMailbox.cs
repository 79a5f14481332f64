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
/// The owner of one device in the Standalone edition: commands wait here in their order; whoever puts the first one in runs
/// it. What gathers while a commit is under way shares the next one.
/// </summary>
internal sealed class TwinMailbox(DeviceId device, MailboxTwins twins)
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

        MailboxRun.Start(this);
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

    /// <summary>Takes the twin up where that is still to be done, and executes. One call at a time.</summary>
    public ValueTask Execute(ReadOnlyMemory<TwinCommand> commands, Memory<Decision> decisions) =>
        _live is { } live ? live.Execute(commands, decisions, CancellationToken.None) : ActivateAndExecute(commands, decisions);

    /// <summary>Asks to be called when time alone will next change something.</summary>
    public void Executed()
    {
        // May be in the past already, when the commit took long: then it is reviewed at the next tick.
        if (_live!.NextReview() is { } next)
            ReviewAt(next);
    }

    /// <summary>Whatever it was, the outcome is unknown: the twin is forgotten, those who wait are told, and it is taken up again from the journal.</summary>
    public TwinUnavailableException Failed(Exception e)
    {
        _live = null;
        twins.ReportFailure(Device, e);
        return new TwinUnavailableException($"Device {Device} could not record what happened; nothing was acknowledged.", e);
    }

    /// <summary>False when there is nothing left to do: the run ends then.</summary>
    public bool Take(List<PendingCommand> batch)
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

    private async ValueTask ActivateAndExecute(ReadOnlyMemory<TwinCommand> commands, Memory<Decision> decisions)
    {
        _live = await LiveTwin.Activate(Device, twins.Services, CancellationToken.None);
        await _live.Execute(commands, decisions, CancellationToken.None);
    }
}
