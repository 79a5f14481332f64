using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Sqlite.Past;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>Drops what is older than it is to be kept. What has expired is out of sight at once, and then removed piece by piece.</summary>
internal sealed class Retention(GroupCommit writer, LogFloor floor, PastRetention past)
{
    // Rows per transaction: appends wait for some milliseconds.
    private const int RowsAtOnce = 500;

    private long _readingsFrom = Instant.MinValue.UnixMilliseconds;
    private long _rollupsFrom = Instant.MinValue.UnixMilliseconds;

    /// <summary>Readings before it have expired.</summary>
    public Instant ReadingsFrom => new(Interlocked.Read(ref _readingsFrom));

    /// <summary>Minutes that begin before it have expired.</summary>
    public Instant RollupsFrom => new(Interlocked.Read(ref _rollupsFrom));

    public void Load(SqliteDatabase database)
    {
        _readingsFrom = Meta.Read(database.Statement(Meta.Select).Bind(Meta.ReadingsFrom)) ?? _readingsFrom;
        _rollupsFrom = Meta.Read(database.Statement(Meta.Select).Bind(Meta.RollupsFrom)) ?? _rollupsFrom;
    }

    public async ValueTask Expire(Instant readingsBefore, Instant rollupsBefore, CancellationToken cancellation)
    {
        var readingsFrom = Math.Max(_readingsFrom, readingsBefore.UnixMilliseconds);
        var rollupsFrom = Math.Max(_rollupsFrom, rollupsBefore.UnixMilliseconds);
        await writer.Run(
            database =>
            {
                Meta.Write(database, Meta.ReadingsFrom, readingsFrom);
                Meta.Write(database, Meta.RollupsFrom, rollupsFrom);
                return true;
            },
            committed: () =>
            {
                Interlocked.Exchange(ref _readingsFrom, readingsFrom);
                Interlocked.Exchange(ref _rollupsFrom, rollupsFrom);
            },
            cancellation);

        while (await writer.Run(database => DropChunks(database, readingsFrom), null, cancellation))
        {
        }

        await past.Expire(readingsFrom, cancellation);

        while (await writer.Run(database => DropRollups(database, rollupsFrom), null, cancellation))
        {
        }

        while (await writer.Run(database => DropLog(database, readingsFrom), null, cancellation))
        {
        }
    }

    // Those that an older release wrote, without versions: the others go with what else the device's past is made of.
    private static bool DropChunks(SqliteDatabase database, long before)
    {
        database.Statement("DELETE FROM reading_chunk WHERE id IN (SELECT id FROM reading_chunk WHERE last_version IS NULL AND last_at < ? LIMIT ?)").Bind(before).Bind(RowsAtOnce).Run();
        return database.Changes == RowsAtOnce;
    }

    private static bool DropRollups(SqliteDatabase database, long before)
    {
        database.Statement("DELETE FROM rollup_hour WHERE rowid IN (SELECT rowid FROM rollup_hour WHERE hour < ? LIMIT ?)")
            .Bind(HourRollups.HourOf(before)).Bind(RowsAtOnce).Run();
        return database.Changes == RowsAtOnce;
    }

    // Commits are in the order of their time, so only the oldest need a look.
    private bool DropLog(SqliteDatabase database, long before)
    {
        floor.Store(database);
        database.Statement("DELETE FROM log WHERE position < ? AND committed_at < ? AND position IN (SELECT position FROM log ORDER BY position LIMIT ?)")
            .Bind(floor.Compute()).Bind(before).Bind(RowsAtOnce).Run();
        return database.Changes == RowsAtOnce;
    }
}
