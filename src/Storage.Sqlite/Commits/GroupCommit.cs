using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using OrleansIot.Application;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Sqlite.Sessions;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>
/// The one writer. Appends that come while a commit is on its way to the disk share the next one; nothing waits on purpose.
/// All other writes take their turn between the commits.
/// </summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    // Two full commits: one on its way to the disk and the next gathering. When that is full, owners wait, and their devices with them.
    private const int QueueCapacity = 4_096;

    private readonly WriterConnection _connection;
    private readonly JournalBatch _batch;
    private readonly SessionBatch _sessions;
    private readonly PacedUpkeep _upkeep;
    private readonly Checkpointer _checkpointer;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CommitMeter _meter;
    private readonly ObjectPool<AppendRequest> _pool = new DefaultObjectPool<AppendRequest>(new DefaultPooledObjectPolicy<AppendRequest>(), 2 * QueueCapacity);
    private readonly Channel<WriteRequest> _queue;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Outage _outage;
    private readonly DamageFound _damage;
    private readonly ITimer _probeTimer;
    private Task<bool>? _coming;
    private WriteJob? _job;
    private bool _woken;

    public GroupCommit(WriterConnection connection, JournalBatch batch, SessionBatch sessions, IUpkeep upkeep, Checkpointer checkpointer, DamageFound damage, TimeProvider time, ILogger log)
    {
        _connection = connection;
        _batch = batch;
        _sessions = sessions;
        _upkeep = new PacedUpkeep(upkeep, time);
        _checkpointer = checkpointer;
        _time = time;
        _log = log;
        _queue = Channel.CreateBounded<WriteRequest>(new BoundedChannelOptions(QueueCapacity)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,

            // All that ever continues there is the waking of the writer's own thread.
            AllowSynchronousContinuations = true,
        });
        _outage = new Outage(time);
        _damage = damage;
        _probeTimer = time.CreateTimer(_ => _queue.Writer.TryWrite(WakeUp.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _meter = new CommitMeter(() => _queue.Reader.Count, () => _outage.Code);
    }

    private bool UpkeepIsDue => !_outage.Refuses && _upkeep.IsDue;

    /// <summary>Starts the writer's thread. One of its own: it blocks on the disk most of its time.</summary>
    public void Start()
    {
        _checkpointer.Start();
        new Thread(Loop) { IsBackground = true, Name = "OrleansIot group commit" }.Start();
    }

    /// <summary>Cancelling ends the wait for room in the queue; an append that is in the queue is committed.</summary>
    public ValueTask Append(TwinAppend append, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfZero(append.Events.Length, nameof(append));
        var request = _pool.Get();
        request.Start(append, _pool);
        return _queue.Writer.TryWrite(request) ? request.Outcome : AppendWhenThereIsRoom(request, cancellation);
    }

    /// <summary>Cancelling ends the wait for room in the queue; changes that are in the queue are committed.</summary>
    public async ValueTask Append(IReadOnlyList<SessionChange> changes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (changes.Count == 0)
            return;

        var request = new SessionAppend([.. changes]);
        await Enqueue(request, cancellation);
        await request.Done;
    }

    /// <summary>Runs the work in a transaction of its own.</summary>
    /// <param name="committed">What memory must know before the asker goes on; runs on the writer's thread.</param>
    public async ValueTask<T> Run<T>(Func<SqliteDatabase, T> write, Action? committed, CancellationToken cancellation)
    {
        var job = new WriteJob<T>(write, committed);
        await Enqueue(job, cancellation);
        return await job.Done;
    }

    /// <summary>Runs the job soon, unless the queue is full.</summary>
    public void Offer(WriteJob job) => _queue.Writer.TryWrite(job);

    /// <summary>Commits what is in the queue, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_queue.Writer.TryComplete())
            await _ended.Task;

        _checkpointer.Dispose();
        await _probeTimer.DisposeAsync();
        _meter.Dispose();
    }

    private async ValueTask AppendWhenThereIsRoom(AppendRequest request, CancellationToken cancellation)
    {
        try
        {
            await Enqueue(request, cancellation);
        }
        catch
        {
            request.GiveBack();
            throw;
        }

        await request.Outcome;
    }

    private async ValueTask Enqueue(WriteRequest request, CancellationToken cancellation)
    {
        try
        {
            await _queue.Writer.WriteAsync(request, cancellation);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException("The store is closed.", e);
        }
    }

    private void Loop()
    {
        // The last look: closing the store makes all upkeep due while the thread waits.
        while (Gather() || UpkeepIsDue || WaitForRequest(Timeout.InfiniteTimeSpan) || UpkeepIsDue)
        {
            if (_outage.IsProbeDue)
                Probe();

            if (!_batch.IsEmpty || !_sessions.IsEmpty)
                CommitBatch();

            if (_job is { } job)
                RunJob(job);

            // Between the commits, not when there is nothing else to do: under load there always is.
            if (UpkeepIsDue && IsUpkeepsTurn())
                _upkeep.Run(RunJob);

            _checkpointer.Committed(_connection.Database);
        }

        _ended.SetResult();
    }

    /// <summary>Takes what is there, up to a full batch or a job, which must come after the appends before it.</summary>
    private bool Gather()
    {
        _job = null;
        _woken = false;
        _batch.Start();
        _sessions.Start();
        while (!_batch.IsFull && !_sessions.IsFull && _job is null && _queue.Reader.TryRead(out var request))
        {
            switch (request)
            {
                case AppendRequest append:
                    Add(append);
                    break;

                case SessionAppend append:
                    Add(append);
                    break;

                case WakeUp:
                    _woken = true;
                    break;

                default:
                    _job = (WriteJob)request;
                    break;
            }
        }

        return !_batch.IsEmpty || !_sessions.IsEmpty || _job is not null || _woken;
    }

    private void Add(AppendRequest request)
    {
        try
        {
            _batch.Add(request);
        }
        catch (Exception e)
        {
            request.Fail(e);
        }
    }

    private void Add(SessionAppend request)
    {
        try
        {
            _sessions.Add(request);
        }
        catch (Exception e)
        {
            request.Fail(e);
        }
    }

    /// <returns>Whether one came; false at once when the store is being closed.</returns>
    private bool WaitForRequest(TimeSpan limit)
    {
        _coming ??= _queue.Reader.WaitToReadAsync().AsTask();
        if (!_coming.Wait(limit))
            return false;

        var came = _coming.Result;
        _coming = null;
        return came;
    }

    private void CommitBatch()
    {
        var started = _time.GetTimestamp();
        var failure = InTransaction(WriteBatch);
        if (failure is null)
        {
            if (!_batch.IsEmpty)
                _batch.Committed();

            _sessions.Committed();
            _meter.Committed(_batch.EventCount, _sessions.ChangeCount, _time.GetElapsedTime(started));
        }
        else
        {
            _batch.RolledBack();
            _sessions.RolledBack();
            _meter.Failed();
            if (!Outage.IsOne(failure))
                LogCommitFailed(_batch.EventCount, _sessions.ChangeCount, failure);
        }

        var requests = new WriteRequest[_batch.Count + _sessions.Count];
        _batch.CopyTo(requests);
        _sessions.CopyTo(requests.AsSpan(_batch.Count));
        new CommittedBatch(requests, failure).Queue();
    }

    private void WriteBatch()
    {
        if (!_batch.IsEmpty)
            _batch.Write(_connection.Database, Instant.From(_time.GetUtcNow()));

        if (!_sessions.IsEmpty)
            _sessions.Write(_connection.Database);
    }

    // Under load nothing is there for moments too, between a commit and what its devices send next.
    private bool IsUpkeepsTurn() =>
        _upkeep.Rest is var rest && (rest <= TimeSpan.Zero || _job is not null || (_batch.IsEmpty && _sessions.IsEmpty && !WaitForRequest(rest)));

    private void RunJob(WriteJob job)
    {
        if (InTransaction(() => job.Write(_connection.Database)) is { } failure)
        {
            job.Fail(failure);
            return;
        }

        job.Committed();
        job.Succeed();
    }

    // Whatever happens, the writer survives it and the file is as before.
    private Exception? InTransaction(Action write)
    {
        if (_outage.Refuses)
            return _outage.Refusal();

        try
        {
            _connection.Database.Execute("BEGIN IMMEDIATE");
            write();
            _connection.Database.Execute("COMMIT");
        }
        catch (Exception e)
        {
            RollBack();
            if (Outage.IsOne(e))
                OutageSeen((StoreException)e);
            else if (e is StoreException { Code: SqliteErrors.Damaged })
                _damage.Add(e.Message);

            return e;
        }

        if (_outage.Code is not null)
            OutageEnded();

        return null;
    }

    private void RollBack()
    {
        try
        {
            if (_connection.Database.IsInTransaction)
                _connection.Database.Execute("ROLLBACK");
        }
        catch (StoreException e)
        {
            // Some errors roll back by themselves; should a transaction stay open, the next BEGIN fails and comes back here.
            LogRollbackFailed(e);
        }
    }

    private void Probe()
    {
        try
        {
            _connection.Renew(_outage.Code!, database => Meta.Write(database, Meta.ProbedAt, _time.GetUtcNow().ToUnixTimeMilliseconds()));
            OutageEnded();
        }
        catch (Exception e)
        {
            // Whatever it was, the writer survives it and tries again.
            OutageSeen(Outage.IsOne(e) ? (StoreException)e : new StoreException(e.Message, isTransient: true, e) { Code = SqliteErrors.WriteFailed });
        }
    }

    private void OutageSeen(StoreException cause)
    {
        // One line for it, not one for each commit that it costs.
        if (_outage.Failed(cause))
            LogOutage(cause.Code!, cause.Message);

        if (_outage.Refuses)
            _probeTimer.Change(_outage.UntilProbe, Timeout.InfiniteTimeSpan);
    }

    private void OutageEnded()
    {
        LogOutageEnded(_outage.Code!, _outage.Lasted.TotalSeconds);
        _outage.Ended();
    }

    [LoggerMessage(3004, LogLevel.Error, "{Code}: the store takes no writes and nothing is acknowledged; what is stored can be read, and it is tried again until it does. {Reason}")]
    private partial void LogOutage(string code, string reason);

    [LoggerMessage(3005, LogLevel.Information, "The store takes writes again; {Code} lasted {Seconds:0.0} s")]
    private partial void LogOutageEnded(string code, double seconds);

    [LoggerMessage(3001, LogLevel.Error, "A commit of {Events} events and {Changes} changes of sessions failed; nothing of it was stored")]
    private partial void LogCommitFailed(int events, int changes, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "Rolling back failed")]
    private partial void LogRollbackFailed(Exception exception);
}
