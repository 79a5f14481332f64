using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>
/// Drops rows of the log that nobody needs any more: snapshots cover their events, and chunks hold them. In pieces between
/// commits; the space is used again by what is written next. The writer's own, but for <see cref="Wake"/>.
/// </summary>
internal sealed class LogCompaction(LogFloor floor, TimeProvider time) : IUpkeep
{
    // One transaction, a few milliseconds: a row's pages are looked at one by one to be freed.
    private const long BytesAtOnce = 1024 * 1024;
    private const int RowsAtOnce = 500;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time = time;
    private volatile bool _isAwake;
    private long _oldLogThrough;
    private long? _failedAt;

    public bool IsDue => _isAwake && (_failedAt is not { } failed || _time.GetElapsedTime(failed) >= PauseAfterFailure);

    public void Load(SqliteDatabase database) => _oldLogThrough = Meta.Read(database.Statement(Meta.Select).Bind(Meta.OldLogThrough)) ?? 0;

    /// <summary>There may be something to drop.</summary>
    public void Wake() => _isAwake = true;

    public WriteJob NextJob() => new Piece(this);

    /// <returns>Whether all is dropped.</returns>
    private bool Drop(SqliteDatabase database)
    {
        floor.Store(database);
        var below = floor.Compute();
        long bytes = 0;
        var count = 0;
        long? through = null;
        using (var rows = database.Statement("SELECT position, length(body) FROM log WHERE position > ? AND position < ? ORDER BY position").Bind(_oldLogThrough).Bind(below))
        {
            while (bytes < BytesAtOnce && count < RowsAtOnce && rows.Step())
            {
                through = rows.Int64(0);
                bytes += rows.Int64(1);
                count++;
            }
        }

        if (through is not { } last)
            return true;

        database.Statement("DELETE FROM log WHERE position > ? AND position <= ?").Bind(_oldLogThrough).Bind(last).Run();
        return last == below - 1;
    }

    private sealed class Piece(LogCompaction owner) : WriteJob
    {
        private bool _isDone;

        public override void Write(SqliteDatabase database) => _isDone = owner.Drop(database);

        public override void Committed()
        {
            owner._failedAt = null;
            owner._isAwake = !_isDone;
        }

        public override void Fail(Exception failure) => owner._failedAt = owner._time.GetTimestamp();
    }
}
