using OrleansIot.Application;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.History;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>Reads all of a database: its pages, and everything in it that is encoded or has a checksum. Changes nothing.</summary>
public static class DataCheck
{
    internal const string Commits = "SELECT position, body FROM log ORDER BY position";

    internal const string Events = "SELECT device, last_version, first_version, body FROM device_event";

    // Of one kind; more say nothing new.
    private const int MaxFindings = 20;

    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Checks a data folder, in use or not.</summary>
    /// <returns>What is wrong, for people; empty when all is well.</returns>
    public static IReadOnlyList<string> OfFolder(string dataFolder, CancellationToken cancellation)
    {
        var file = Path.Combine(Path.GetFullPath(dataFolder), DataDirectory.DatabaseName);
        if (!File.Exists(file))
            throw new StoreException($"There is no {DataDirectory.DatabaseName} in {Path.GetDirectoryName(file)}.");

        // Of a store that is open the log is being written, so what is read of it is no evidence.
        if (!DataDirectory.IsInUse(dataFolder) && WriteAheadLog.Read(file) is { IsDamaged: true } log)
            return [$"The write-ahead log is damaged: {log}"];

        return Run(file, cancellation);
    }

    internal static IReadOnlyList<string> Run(string file, CancellationToken cancellation)
    {
        var findings = new List<string>();
        using var database = SqliteDatabase.Open(file, readOnly: true, BusyTimeout);
        try
        {
            Pages(database, findings);
            Rows(database, findings, Commits, "Row {0} of the event log", Commit, cancellation);
            Rows(database, findings, Snapshots(database), "The snapshot of device number {0}", Snapshot, cancellation);
            Rows(database, findings, Chunks(database), "Chunk {0} of the history", Chunk, cancellation);
            if (HasPast(database))
            {
                Rows(database, findings, Events, "The row of events of device number {0} up to version {1}", EventsOf, cancellation);
                Rows(database, findings, Checkpoints(database), "The checkpoint of device number {0} at version {1}", Checkpoint, cancellation);
            }

            if (HasChecksum(database, GuardedTables.Alerts.Name))
                Guarded(database, findings, cancellation);
        }
        catch (StoreException e)
        {
            findings.Add(e.Message);
        }

        return findings;
    }

    /// <summary>Whether rows of the table can have a checksum: a file of an older release is not brought forward by being looked at.</summary>
    internal static bool HasChecksum(SqliteDatabase database, string table) =>
        database.Number($"SELECT count(*) FROM pragma_table_info('{table}') WHERE name = 'checksum'") > 0;

    internal static string RowsOf(GuardedTable table) => $"SELECT {table.Columns}, {table.IsWhole} FROM {table.Name}";

    /// <summary>Reads a row of <see cref="RowsOf"/>.</summary>
    internal static void Row(GuardedTable table, SqliteStatement row)
    {
        Require(row.Int64(table.ColumnCount) != 0);
        table.Decode(row);
    }

    internal const string Hours = "SELECT hour, body, device, checksum, rowid FROM rollup_hour";

    internal const string Blocks = "SELECT block, body, device, resolution, checksum, rowid FROM rollup_coarse";

    /// <summary>Reads a row of <see cref="Hours"/>.</summary>
    internal static void Hour(SqliteStatement row)
    {
        Require(RollupRows.IsWholeHour(row));
        new RollupBlock(RollupLevel.Minute).Merge(row.Blob(1));
    }

    /// <summary>Reads a row of <see cref="Blocks"/>.</summary>
    internal static void Block(SqliteStatement row)
    {
        Require(RollupRows.IsWholeBlock(row));
        new RollupBlock(LevelOf(row)).Merge(row.Blob(1));
    }

    /// <summary>Of a row of <see cref="Blocks"/>.</summary>
    internal static RollupLevel LevelOf(SqliteStatement row) => RollupLevel.Of((HistoryResolution)row.Int64(3));

    internal static void Pages(SqliteDatabase database, List<string> findings)
    {
        try
        {
            using var answers = database.Statement($"PRAGMA integrity_check({MaxFindings})");
            while (answers.Step())
            {
                if (answers.Text(0) is var answer and not "ok")
                    findings.Add(answer);
            }
        }
        catch (StoreException e) when (e.Code == SqliteErrors.Damaged)
        {
            // Too broken to be told page by page.
            findings.Add(e.Message);
        }
    }

    internal static string Snapshots(SqliteDatabase database) => $"SELECT device, version, body, {ChecksumOf(database, "snapshot")} FROM snapshot";

    internal static string Chunks(SqliteDatabase database) => $"SELECT id, device, first_at, last_at, count, body, {ChecksumOf(database, "reading_chunk")} FROM reading_chunk";

    internal static string Checkpoints(SqliteDatabase database) => $"SELECT device, version, at, body, {ChecksumOf(database, "checkpoint")} FROM checkpoint";

    /// <summary>Whether it is of a release that compacts its log.</summary>
    internal static bool HasPast(SqliteDatabase database) => database.Number("SELECT count(*) FROM sqlite_schema WHERE name = 'checkpoint'") > 0;

    /// <summary>Reads a row of <see cref="Commits"/>.</summary>
    internal static void Commit(SqliteStatement row)
    {
        var commit = LogRow.Parse(row.Int64(0), row.Blob(1));
        foreach (var record in commit.Records())
            commit.Events(record);
    }

    /// <summary>Reads a row of <see cref="Snapshots"/>.</summary>
    internal static void Snapshot(SqliteStatement row)
    {
        Require(StoredChecksum.Fits(row.OptionalInt64(3), row.Blob(2), row.Int64(0), row.Int64(1)));
        TwinCodec.Decode(row.Blob(2));
    }

    /// <summary>Reads a row of <see cref="Chunks"/>.</summary>
    internal static void Chunk(SqliteStatement row)
    {
        Require(StoredChecksum.FitsChunk(row));
        var chunk = new ReadingChunkReader(row.Blob(5).ToArray());
        while (chunk.Read())
        {
        }
    }

    /// <summary>Reads a row of <see cref="Events"/>.</summary>
    internal static void EventsOf(SqliteStatement row)
    {
        var events = EventChunk.ReadStored(row.Blob(3));
        if (events.Count == 0 || (events[0].Version, events[^1].Version) != (row.Int64(2), row.Int64(1)))
            throw new InvalidDataException("Its versions do not fit.");
    }

    /// <summary>Reads a row of <see cref="Checkpoints"/>.</summary>
    internal static void Checkpoint(SqliteStatement row)
    {
        Require(StoredChecksum.FitsCheckpoint(row));
        if (TwinCodec.Decode(row.Blob(3)).Version != row.Int64(1))
            throw new InvalidDataException("Its version does not fit.");
    }

    internal static bool IsWhole(SqliteStatement row, Action<SqliteStatement> read)
    {
        try
        {
            read(row);
            return true;
        }
        catch (Exception e) when (IsOfDamage(e))
        {
            return false;
        }
    }

    /// <summary>What decoders end with when bytes are not what was written.</summary>
    internal static bool IsOfDamage(Exception e) =>
        e is StoreException or InvalidDataException or ArgumentException or FormatException or IndexOutOfRangeException or OverflowException or KeyNotFoundException or InvalidOperationException;

    private static void Rows(SqliteDatabase database, List<string> findings, string sql, string name, Action<SqliteStatement> read, CancellationToken cancellation) =>
        Rows(database, findings, sql, row => string.Format(null, name, row.Int64(0), row.Int64(1)), read, cancellation);

    private static void Rows(SqliteDatabase database, List<string> findings, string sql, Func<SqliteStatement, string> name, Action<SqliteStatement> read, CancellationToken cancellation)
    {
        var limit = findings.Count + MaxFindings;
        using var rows = database.Statement(sql);
        while (findings.Count < limit && rows.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                read(rows);
            }
            catch (Exception e) when (IsOfDamage(e))
            {
                findings.Add($"{name(rows)} is damaged: {e.Message}");
            }
        }
    }

    private static void Guarded(SqliteDatabase database, List<string> findings, CancellationToken cancellation)
    {
        foreach (var table in GuardedTables.All)
            Rows(database, findings, RowsOf(table), table.Describe, row => Row(table, row), cancellation);

        Rows(database, findings, Hours, row => RollupRows.HourName(row.Int64(2), row.Int64(0)), Hour, cancellation);
        Rows(database, findings, Blocks, row => RollupRows.BlockName(row.Int64(2), row.Int64(3), row.Int64(0)), Block, cancellation);
    }

    private static string ChecksumOf(SqliteDatabase database, string table) => HasChecksum(database, table) ? "checksum" : "NULL";

    private static void Require(bool fits)
    {
        if (!fits)
            throw new InvalidDataException("Its checksum does not fit.");
    }
}
