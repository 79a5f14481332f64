using OrleansIot.Application.History.Rollups;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>Makes buffers into stored chunks and roll-ups, in one transaction.</summary>
/// <param name="through">Position of the last commit: all readings up to it are in the buffers.</param>
internal sealed class HistoryFlush(HistoryBuffers buffers, List<(KnownDevice Device, ReadingBuffer Buffer)> chosen, long through) : WriteJob
{
    public override void Write(SqliteDatabase database)
    {
        var rows = new RollupRows(database);
        foreach (var (device, buffer) in chosen)
        {
            database.Statement("INSERT INTO reading_chunk(device, first_at, last_at, count, body, checksum) VALUES(?, ?, ?, ?, ?, ?)")
                .Bind(device.Id).Bind(buffer.FirstAt).Bind(buffer.LastAt).Bind(buffer.Count).Bind(buffer.Bytes)
                .Bind(StoredChecksum.Of(buffer.Bytes, device.Id, buffer.FirstAt, buffer.LastAt, buffer.Count)).Run();
            var rollups = new ChunkRollups();
            rollups.AddChunk(buffer.Bytes.ToArray());
            var coarseBefore = rows.Add(device.Id, rollups);
            database.Statement("UPDATE device SET history_through = ?, coarse_before = ? WHERE id = ?").Bind(through).Bind(coarseBefore).Bind(device.Id).Run();
        }
    }

    public override void Committed()
    {
        foreach (var (device, buffer) in chosen)
            buffers.Flushed(device, buffer, through);
    }

    public override void Fail(Exception failure) => buffers.NotFlushed(chosen);
}
