using System.Text;
using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>A prepared statement. Parameters are bound in their order; columns are read while it stands on a row.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt handle) : IDisposable
{
    private int _bound;
    private RowChecksum.Sum _sum;
    private bool _isGuarded;

    /// <summary>What is bound from now on is guarded: <see cref="BindChecksum"/> binds its checksum.</summary>
    public SqliteStatement Guarded()
    {
        (_sum, _isGuarded) = (new RowChecksum.Sum(), true);
        return this;
    }

    public SqliteStatement BindChecksum()
    {
        _isGuarded = false;
        return Bind(_sum.Value);
    }

    public SqliteStatement Bind(long value)
    {
        if (_isGuarded)
            _sum.Add(value);

        return Checked(raw.sqlite3_bind_int64(handle, ++_bound, value));
    }

    public SqliteStatement Bind(long? value) => value is { } number ? Bind(number) : BindNull();

    public SqliteStatement Bind(double? value)
    {
        if (value is not { } number)
            return BindNull();

        if (_isGuarded)
            _sum.Add(number);

        return Checked(raw.sqlite3_bind_double(handle, ++_bound, number));
    }

    public SqliteStatement Bind(string? value)
    {
        if (value is null)
            return BindNull();

        if (!_isGuarded)
            return Checked(raw.sqlite3_bind_text(handle, ++_bound, value));

        ReadOnlySpan<byte> text = Encoding.UTF8.GetBytes(value);
        _sum.Add(text, isText: true);

        // With its length, so that a NUL in it does not end what is stored before what is guarded. No bytes at all would be null.
        return Checked(text.IsEmpty ? raw.sqlite3_bind_text(handle, ++_bound, value) : raw.sqlite3_bind_text(handle, ++_bound, text));
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> value)
    {
        if (_isGuarded)
            _sum.Add(value, isText: false);

        return Checked(raw.sqlite3_bind_blob(handle, ++_bound, value));
    }

    public SqliteStatement BindNull()
    {
        if (_isGuarded)
            _sum.AddNull();

        return Checked(raw.sqlite3_bind_null(handle, ++_bound));
    }

    /// <param name="value">As <see cref="Value"/> answers it.</param>
    public SqliteStatement BindValue(object? value) => value switch
    {
        null => BindNull(),
        long number => Bind(number),
        double number => Bind((double?)number),
        string text => Bind(text),
        byte[] bytes => Bind(bytes),
        _ => throw new ArgumentException("It is no value of a column.", nameof(value)),
    };

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

    /// <summary>Whatever it is.</summary>
    public object? Value(int column) => raw.sqlite3_column_type(handle, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_INTEGER => Int64(column),
        raw.SQLITE_FLOAT => Double(column),
        raw.SQLITE_TEXT => Text(column),
        _ => Blob(column).ToArray(),
    };

    /// <summary>Whatever it is, for people.</summary>
    public string Shown(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_BLOB ? Encoding.UTF8.GetString(Blob(column)) : OptionalText(column) ?? "nothing";

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    /// <summary>Makes it ready for its next use.</summary>
    public void Dispose()
    {
        _bound = 0;
        _isGuarded = false;

        // The answer repeats the error of the last step, which was thrown there.
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
    }

    internal void Close() => handle.Dispose();

    private SqliteStatement Checked(int result) => result == raw.SQLITE_OK ? this : throw database.Failure(result);
}
