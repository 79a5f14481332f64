using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>A copying of pages under way.</summary>
internal sealed class SqliteBackup(SqliteDatabase target, sqlite3_backup handle) : IDisposable
{
    /// <summary>From 0 to 1.</summary>
    public double Progress => raw.sqlite3_backup_pagecount(handle) is > 0 and var pages ? 1 - ((double)raw.sqlite3_backup_remaining(handle) / pages) : 0;

    /// <returns>False when all is copied.</returns>
    public bool Step(int pages) => raw.sqlite3_backup_step(handle, pages) switch
    {
        raw.SQLITE_OK => true,
        raw.SQLITE_DONE => false,

        // The connections are not told of it: their own message would be that all is well.
        raw.SQLITE_FULL => throw SqliteErrors.Failure(raw.SQLITE_FULL, "the disk is full; nothing of the copy is kept"),
        var result => throw SqliteErrors.Failure(result, $"the copy fails ({target.Message})"),
    };

    public void Dispose() => handle.Dispose();
}
