using OrleansIot.Application;
using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

internal static class SqliteErrors
{
    /// <summary>The file system has no room left.</summary>
    public const string Full = "store.full";

    /// <summary>A write, a flush or the opening of a file failed.</summary>
    public const string WriteFailed = "store.write-failed";

    /// <summary>Another program holds the file.</summary>
    public const string Busy = "store.busy";

    /// <summary>What is in the file is not what was written.</summary>
    public const string Damaged = "store.damaged";

    public static StoreException Failure(int result, string message) =>
        new($"SQLite error {result}: {message}.", isTransient: IsTransient(result & 0xFF)) { Code = CodeOf(result & 0xFF) };

    private static bool IsTransient(int primaryCode) =>
        primaryCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY;

    private static string? CodeOf(int primaryCode) => primaryCode switch
    {
        raw.SQLITE_FULL => Full,
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Busy,

        // Read-only: some systems remount a file system so when its disk fails.
        raw.SQLITE_NOMEM or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY => WriteFailed,
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged,
        _ => null,
    };
}
