using OrleansIot.Application;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>The one connection that writes, and its replacement after a failure. The writer's own.</summary>
/// <param name="open">Opens another one, ready to write.</param>
/// <param name="freeBytes">What the file system has left for us.</param>
internal sealed class WriterConnection(SqliteDatabase first, Func<SqliteDatabase> open, Func<long> freeBytes, LogPosition log) : IDisposable
{
    // What may wait for the disk to come back: a full commit and a flush of history, in the write-ahead log and in the file, and some
    // for what comes meanwhile. With less the store would go on and stop again at once.
    private const long RoomToGoOn = 16L * 1024 * 1024;

    // Some minutes of a small fleet, some hundred milliseconds of a large one: what the last flushes were about.
    private const int RowsToVerify = 64;

    public SqliteDatabase Database { get; private set; } = first;

    /// <summary>
    /// Takes a fresh connection, makes sure that it finds what was committed, and writes something of no meaning with it.
    /// </summary>
    /// <remarks>
    /// After a flush that failed, a kernel may hold pages for clean that never reached the disk, so a second flush that succeeds says
    /// nothing about the first. SQLite's WAL mode does not rely on it: a commit that failed has not moved the end of the log in the
    /// index, so the next one writes its frames anew from the same place, and a checkpoint that failed has not counted its pages as
    /// copied, so all of them are written again. What could still be wrong is what the connection kept in its own memory, so that goes:
    /// a new connection reads the file. The new one is opened and has read before the old one is closed, for two reasons. The last
    /// connection to close would make a checkpoint; and the first to open would read the log from its start and find there, whole, the
    /// commit whose flush failed: the caller was told that it is not stored, and so it must not come back while this process lives. (It
    /// may after a crash: its outcome was unknown, and everybody takes up what the file says then.)
    /// </remarks>
    /// <exception cref="StoreException">It does not take writes yet, or for good: <see cref="StoreException.IsTransient"/>.</exception>
    public void Renew(string cause, Action<SqliteDatabase> probe)
    {
        if (cause == SqliteErrors.Full && freeBytes() is var free and < RoomToGoOn)
            throw new StoreException($"{free / 1024.0 / 1024:0.0} MiB are free where the data is; the store goes on at {RoomToGoOn / 1024 / 1024} MiB.", isTransient: true) { Code = SqliteErrors.Full };

        var fresh = open();
        try
        {
            Verify(fresh);
        }
        catch
        {
            fresh.Dispose();
            throw;
        }

        Database.Dispose();
        Database = fresh;
        probe(fresh);
    }

    public void Dispose() => Database.Dispose();

    private void Verify(SqliteDatabase fresh)
    {
        // Below the floor rows are dropped; from there on all of them are there.
        var last = fresh.Number("SELECT max(position) FROM log");
        var floor = Meta.Read(fresh.Statement(Meta.Select).Bind(Meta.LogFloor)) ?? 1;
        if (last > log.Last || (last < log.Last && log.Last >= floor))
            throw new StoreException($"The event log ends at {last} where it ended at {log.Last} before the disk failed. Stop, and start again: what is stored is read anew.") { Code = SqliteErrors.Damaged };

        using var rows = fresh.Statement("SELECT position, body FROM log ORDER BY position DESC LIMIT ?").Bind(RowsToVerify);
        while (rows.Step())
            LogRow.Parse(rows.Int64(0), rows.Blob(1));
    }
}
