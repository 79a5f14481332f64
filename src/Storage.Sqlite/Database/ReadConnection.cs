namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>A rented read-only connection.</summary>
internal sealed class ReadConnection(ReadConnections owner, SqliteDatabase database) : IDisposable
{
    /// <summary>All statements until the end see the file as it is now.</summary>
    public void Freeze()
    {
        database.Execute("BEGIN");

        // BEGIN alone takes no snapshot; the first read does.
        database.Number("SELECT count(*) FROM meta");
    }

    public SqliteStatement Statement(string sql) => database.Statement(sql);

    public void Dispose()
    {
        if (database.IsInTransaction)
            database.Execute("ROLLBACK");

        owner.Return(database);
    }
}
