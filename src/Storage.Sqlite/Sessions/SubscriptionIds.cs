using System.Buffers.Binary;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Sessions;

/// <summary>Subscription identifiers as four bytes each, little-endian; null where there are none, as nearly always.</summary>
internal static class SubscriptionIds
{
    public static SqliteStatement Bind(SqliteStatement statement, IReadOnlyList<uint> ids)
    {
        if (ids.Count == 0)
            return statement.Bind((long?)null);

        var bytes = new byte[ids.Count * sizeof(uint)];
        for (var i = 0; i < ids.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), ids[i]);

        return statement.Bind(bytes);
    }

    public static uint[] Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];

        var ids = new uint[bytes.Length / sizeof(uint)];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);

        return ids;
    }
}
