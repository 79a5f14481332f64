using OrleansIot.Application;
using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>
/// One connection, used by one thread at a time. Thin over SQLitePCLRaw rather than ADO.NET: spans are bound and read in place,
/// and a statement is prepared once for the life of the connection.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    private SqliteDatabase(sqlite3 handle) => _handle = handle;

    /// <summary>Rows that the last statement inserted, changed or deleted.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    /// <summary>Of the last failure.</summary>
    public string Message => raw.sqlite3_errmsg(_handle).utf8_to_string();

    public static SqliteDatabase Open(string file, bool readOnly, TimeSpan busyTimeout)
    {
        NativeSqlite.EnsureLoaded();
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var result = raw.sqlite3_open_v2(file, out var handle, flags, null);
        if (result != raw.SQLITE_OK)
        {
            handle.Dispose();
            throw SqliteErrors.Failure(result, $"{file} does not open");
        }

        // They tell a failed flush from a failed write.
        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, (int)busyTimeout.TotalMilliseconds);
        RowChecksum.AddTo(handle);
        return new SqliteDatabase(handle);
    }

    /// <summary>Runs statements that answer nothing, such as a migration.</summary>
    public void Execute(string sql)
    {
        if (raw.sqlite3_exec(_handle, sql) is var result and not raw.SQLITE_OK)
            throw Failure(result);
    }

    /// <summary>Ready to be bound. Dispose it when done, which only resets it; its next use is then quick.</summary>
    public SqliteStatement Statement(string sql)
    {
        if (_statements.TryGetValue(sql, out var known))
            return known;

        if (raw.sqlite3_prepare_v2(_handle, sql, out var handle) is var result and not raw.SQLITE_OK)
            throw Failure(result);

        var statement = new SqliteStatement(this, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Pages that this connection wrote to the write-ahead log since it was asked before.</summary>
    public long PagesWritten()
    {
        raw.sqlite3_db_status(_handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, resetFlg: 1);
        return pages;
    }

    /// <summary>Copies the write-ahead log into the file, as far as it goes without waiting for anybody.</summary>
    public void Checkpoint()
    {
        if (raw.sqlite3_wal_checkpoint_v2(_handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _) is var result and not (raw.SQLITE_OK or raw.SQLITE_BUSY))
            throw Failure(result);
    }

    public long Number(string sql)
    {
        using var statement = Statement(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Copies this database over the other one, as far as its steps go.</summary>
    public SqliteBackup BackupTo(SqliteDatabase target) =>
        raw.sqlite3_backup_init(target._handle, "main", _handle, "main") is { IsInvalid: false } handle ? new SqliteBackup(target, handle) : throw target.Failure(raw.SQLITE_ERROR);

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Close();

        _handle.Dispose();
    }

    internal StoreException Failure(int result) => SqliteErrors.Failure(result, raw.sqlite3_errmsg(_handle).utf8_to_string());
}
