using System.Buffers.Binary;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>
/// Guards a row by what is in its column <c>checksum</c>: CRC-32C of its other columns. SQLite's pages have none, so a byte that went
/// bad on the disk would be read as if it had been written. Rows of releases before it have none, and are taken as they are.
/// </summary>
internal static class StoredChecksum
{
    public static long Of(ReadOnlySpan<byte> body, params ReadOnlySpan<long> columns)
    {
        Span<byte> numbers = stackalloc byte[8 * (columns.Length + 1)];
        for (var i = 0; i < columns.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(numbers[(8 * i)..], columns[i]);

        BinaryPrimitives.WriteInt64LittleEndian(numbers[(8 * columns.Length)..], LogRow.Checksum(body));
        return LogRow.Checksum(numbers);
    }

    /// <param name="row">Of <c>id, device, first_at, last_at, count, body, checksum</c>.</param>
    public static bool FitsChunk(SqliteStatement row) => Fits(row.OptionalInt64(6), row.Blob(5), row.Int64(1), row.Int64(2), row.Int64(3), row.Int64(4));

    /// <param name="row">Of <c>device, version, at, body, checksum</c>.</param>
    public static bool FitsCheckpoint(SqliteStatement row) => Fits(row.OptionalInt64(4), row.Blob(3), row.Int64(0), row.Int64(1), row.Int64(2));

    public static bool Fits(long? stored, ReadOnlySpan<byte> body, params ReadOnlySpan<long> columns) => stored is null || stored == Of(body, columns);
}
