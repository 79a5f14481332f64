using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>A prepared statement. Parameters are bound in their order; columns are read while it stands on a row.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    private int _bound;

    public SqliteStatement Bind(long value) => Checked(raw.sqlite3_bind_int64(handle, ++_bound, value));

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : Checked(raw.sqlite3_bind_null(handle, ++_bound));

    public SqliteStatement Bind(double? value) =>
        Checked(value is { } number ? raw.sqlite3_bind_double(handle, ++_bound, number) : raw.sqlite3_bind_null(handle, ++_bound));

    public SqliteStatement Bind(string? value) =>
        Checked(value is null ? raw.sqlite3_bind_null(handle, ++_bound) : raw.sqlite3_bind_text(handle, ++_bound, value));

    public SqliteStatement Bind(ReadOnlySpan<byte> value) => Checked(raw.sqlite3_bind_blob(handle, ++_bound, value));

    /// <summary>Goes to the next row; false when there is none.</summary>
    public bool Step() => raw.sqlite3_step(handle) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        var result => throw database.Failure(result),
    };

    /// <summary>Runs it to its end.</summary>
    public void Run()
    {
        using (this)
        {
            while (Step())
            {
            }
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public long? OptionalInt64(int column) => IsNull(column) ? null : Int64(column);

    public double Double(int column) => raw.sqlite3_column_double(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>Makes it ready for its next use.</summary>
    public void Dispose()
    {
        _bound = 0;

        // The answer repeats the error of the last step, which was thrown there.
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
    }

    internal void Close() => handle.Dispose();

    private SqliteStatement Checked(int result) => result == raw.SQLITE_OK ? this : throw database.Failure(result);
}
