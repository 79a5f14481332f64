using System.Numerics;
using OrleansIot.Storage.Sqlite.Journal;
using SQLitePCL;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>
/// The function <c>row_checksum(…)</c> of SQL: CRC-32C over its arguments, each with its type. In statements, so that a row that is
/// changed in one column is guarded again without being read first.
/// </summary>
internal static class RowChecksum
{
    public const string Name = "row_checksum";

    private const int AnyNumberOfArguments = -1;

    public static void AddTo(sqlite3 database)
    {
        if (raw.sqlite3_create_function(database, Name, AnyNumberOfArguments, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, Compute) is var result and not raw.SQLITE_OK)
            throw SqliteErrors.Failure(result, $"{Name} cannot be added");
    }

    private static void Compute(sqlite3_context context, object data, sqlite3_value[] arguments)
    {
        var sum = new Sum();
        foreach (var argument in arguments)
        {
            switch (raw.sqlite3_value_type(argument))
            {
                case raw.SQLITE_NULL:
                    sum.AddNull();
                    break;

                case raw.SQLITE_INTEGER:
                    sum.Add(raw.sqlite3_value_int64(argument));
                    break;

                case raw.SQLITE_FLOAT:
                    sum.Add(raw.sqlite3_value_double(argument));
                    break;

                case var type:
                    // A text is its bytes as the database has them, which is UTF-8.
                    sum.Add(raw.sqlite3_value_blob(argument), isText: type == raw.SQLITE_TEXT);
                    break;
            }
        }

        raw.sqlite3_result_int64(context, sum.Value);
    }

    /// <summary>The same, for who has the values at hand: calling back from SQLite costs more than a small row.</summary>
    public struct Sum()
    {
        private uint _sum = ~0u;

        public readonly long Value => ~_sum;

        public void AddNull() => Add(raw.SQLITE_NULL, 0);

        public void Add(long value) => Add(raw.SQLITE_INTEGER, (ulong)value);

        public void Add(double value) => Add(raw.SQLITE_FLOAT, BitConverter.DoubleToUInt64Bits(value));

        public void Add(ReadOnlySpan<byte> bytes, bool isText) => Add(isText ? raw.SQLITE_TEXT : raw.SQLITE_BLOB, ((ulong)bytes.Length << 32) | LogRow.Checksum(bytes));

        private void Add(int type, ulong value) => _sum = BitOperations.Crc32C(BitOperations.Crc32C(_sum, (byte)type), value);
    }
}
