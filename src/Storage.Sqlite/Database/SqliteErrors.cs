using OrleansIot.Application;
using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

internal static class SqliteErrors
{
    public static StoreException Failure(int result, string message) =>
        new($"SQLite error {result}: {message}.", isTransient: IsTransient(result & 0xFF));

    private static bool IsTransient(int primaryCode) =>
        primaryCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_IOERR or raw.SQLITE_FULL or raw.SQLITE_CANTOPEN;
}
