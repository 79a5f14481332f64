using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>
/// Copies what is committed from the write-ahead log into the database file, beside the commits: done by a commit, as SQLite does
/// on its own, it held up that one and all behind it for 20 to 60 ms.
/// </summary>
/// <remarks>
/// A log to which commits are added all the time is never copied whole, and only then does SQLite start it anew. So when the thread has
/// copied what there was at its start, the writer copies the little that came meanwhile.
/// (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files)
/// </remarks>
/// <param name="open">Opens another connection that can write.</param>
/// <param name="pagesAtOnce">How many pages of log make it worth while.</param>
internal sealed partial class Checkpointer(Func<SqliteDatabase> open, ILogger log, long pagesAtOnce = Checkpointer.PagesAtOnce) : IDisposable
{
    /// <summary>16 MiB: a page that many commits change is then copied once (benchmarks/README.md, "Storage: commits").</summary>
    public const long PagesAtOnce = 4_096;

    private readonly SemaphoreSlim _wake = new(0);
    private Thread? _thread;
    private SqliteDatabase? _connection;
    private long _pages;
    private volatile State _state;
    private volatile bool _disposed;
    private bool _isFailing;

    private enum State
    {
        Idle,
        Copying,
        Copied,
    }

    /// <summary>Starts the thread. One of its own: it blocks on the disk.</summary>
    public void Start()
    {
        _thread = new Thread(Loop) { IsBackground = true, Name = "OrleansIot checkpoints" };
        _thread.Start();
    }

    /// <summary>Called by the writer between its commits.</summary>
    /// <param name="writer">Its connection.</param>
    public void Committed(SqliteDatabase writer)
    {
        _pages += writer.PagesWritten();
        if (_state == State.Copied)
        {
            _state = State.Idle;
            Copy(writer);
        }
        else if (_state == State.Idle && _pages >= pagesAtOnce)
        {
            _pages = 0;
            _state = State.Copying;
            _wake.Release();
        }
    }

    public void Dispose()
    {
        if (_disposed)
            return;

        _disposed = true;
        _wake.Release();
        _thread?.Join();
        _wake.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _wake.Wait();
            if (_disposed)
                break;

            _state = CopyBeside() ? State.Copied : State.Idle;
        }

        _connection?.Dispose();
    }

    private bool CopyBeside()
    {
        try
        {
            _connection ??= open();
        }
        catch (StoreException e)
        {
            Failed(e);
            return false;
        }

        return Copy(_connection);
    }

    private bool Copy(SqliteDatabase database)
    {
        try
        {
            database.Checkpoint();
            _isFailing = false;
            return true;
        }
        catch (StoreException e)
        {
            Failed(e);
            return false;
        }
    }

    // Nothing is lost: the log goes on growing, is copied after as much again, and where the disk has failed the commits say so.
    private void Failed(StoreException failure)
    {
        if (!_isFailing)
            LogFailed(failure);

        _isFailing = true;
    }

    [LoggerMessage(3007, LogLevel.Warning, "Copying the write-ahead log into the database file failed; it is tried again")]
    private partial void LogFailed(Exception exception);
}
