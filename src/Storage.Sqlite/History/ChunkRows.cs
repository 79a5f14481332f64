using OrleansIot.Application.History.Chunks;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Sqlite.Past;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>
/// Writes what a buffer holds, within the writer's transaction. A device that says little leaves small chunks, whose rows and
/// index entries would cost more than their readings: when there are enough of them they become one.
/// </summary>
internal sealed class ChunkRows
{
    // Its row, its index entries and its names cost a chunk some 200 bytes: a tenth of this.
    private const int SmallBytes = 2 * 1024;

    // A reading is then written twice, not more often; what is left small is a few per device.
    private const int MergedAtOnce = 16;
    private const int MergedBytes = 16 * 1024;

    private readonly List<(KnownDevice Device, SmallChunks Small)> _small = [];

    public void Write(SqliteDatabase database, KnownDevice device, ReadingBuffer buffer)
    {
        if (buffer.Others is { } others)
        {
            database.Statement("INSERT INTO device_event(device, last_version, first_version, body) VALUES(?, ?, ?, ?)")
                .Bind(device.Id).Bind(others.LastVersion).Bind(others.FirstVersion).Bind(others.Finish()).Run();
        }

        if (buffer.Count == 0)
            return;

        database.Statement("INSERT INTO reading_chunk(device, first_at, last_at, count, body, first_version, last_version, checksum) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind(device.Id).Bind(buffer.FirstAt).Bind(buffer.LastAt).Bind(buffer.Count).Bind(buffer.Bytes).Bind(buffer.FirstReading).Bind(buffer.LastReading)
            .Bind(StoredChecksum.Of(buffer.Bytes, device.Id, buffer.FirstAt, buffer.LastAt, buffer.Count)).Run();
        _small.Add((device, Gather(database, device, buffer)));
    }

    public void Committed()
    {
        foreach (var (device, small) in _small)
            device.Past.SmallChunks = small;
    }

    /// <returns>The small chunks as they are then.</returns>
    private static SmallChunks Gather(SqliteDatabase database, KnownDevice device, ReadingBuffer buffer)
    {
        var before = device.Past.SmallChunks;
        if (buffer.Bytes.Length >= SmallBytes)
        {
            if (before.Count > 1)
                Merge(database, device, before.FirstLastVersion, buffer.FirstReading);

            return default;
        }

        var small = new SmallChunks(before.Count + 1, before.Bytes + buffer.Bytes.Length, before.Count == 0 ? buffer.LastReading : before.FirstLastVersion);
        if (small.Count < MergedAtOnce && small.Bytes < MergedBytes)
            return small;

        Merge(database, device, small.FirstLastVersion, long.MaxValue);
        return default;
    }

    /// <param name="from">Last version of the first chunk.</param>
    /// <param name="before">All have lower versions.</param>
    private static void Merge(SqliteDatabase database, KnownDevice device, long from, long before)
    {
        var merged = new ReadingChunkWriter();
        long? id = null;
        long firstVersion = 0;
        long lastVersion = 0;
        using (var chunks = database.Statement("SELECT id, device, first_at, last_at, count, body, checksum, first_version, last_version FROM reading_chunk WHERE device = ? AND last_version >= ? AND last_version < ? ORDER BY last_version")
            .Bind(device.Id).Bind(from).Bind(before))
        {
            while (chunks.Step())
            {
                // A new checksum over what is damaged would say that it is whole.
                if (!StoredChecksum.FitsChunk(chunks))
                    return;

                // The first keeps its id: ids tell in which order readings came.
                if (id is null)
                    (id, firstVersion) = (chunks.Int64(0), chunks.Int64(7));

                lastVersion = chunks.Int64(8);
                var readings = new ReadingChunkReader(chunks.Blob(5).ToArray());
                while (readings.Read())
                    merged.Add(readings.ToReading());
            }
        }

        if (id is not { } first)
            return;

        database.Statement("DELETE FROM reading_chunk WHERE device = ? AND last_version >= ? AND last_version <= ?").Bind(device.Id).Bind(from).Bind(lastVersion).Run();
        database.Statement("INSERT INTO reading_chunk(id, device, first_at, last_at, count, body, first_version, last_version, checksum) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .Bind(first).Bind(device.Id).Bind(merged.FirstAt).Bind(merged.LastAt).Bind(merged.Count).Bind(merged.Bytes).Bind(firstVersion).Bind(lastVersion)
            .Bind(StoredChecksum.Of(merged.Bytes, device.Id, merged.FirstAt, merged.LastAt, merged.Count)).Run();
    }
}
