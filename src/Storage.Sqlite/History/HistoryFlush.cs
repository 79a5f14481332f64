using OrleansIot.Application.History.Rollups;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>Makes buffers into stored chunks and roll-ups, in one transaction: as many as its time allows.</summary>
/// <param name="through">Position of the last commit: all readings up to it are in the buffers.</param>
internal sealed class HistoryFlush(HistoryBuffers buffers, List<(KnownDevice Device, ReadingBuffer Buffer)> chosen, long through, TimeProvider time, DamageFound damage) : WriteJob
{
    // Appends wait for it. A full chunk takes about a millisecond; of small ones thirty fit.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(3);

    private readonly ChunkRows _chunks = new();
    private int _written;

    public override void Write(SqliteDatabase database)
    {
        var rows = new RollupRows(database, damage);
        var started = time.GetTimestamp();
        while (_written < chosen.Count && (_written == 0 || time.GetElapsedTime(started) < Limit))
        {
            var (device, buffer) = chosen[_written++];
            Write(database, device, buffer, through, _chunks, rows);
        }
    }

    internal static void Write(SqliteDatabase database, KnownDevice device, ReadingBuffer buffer, long through, ChunkRows chunks, RollupRows rows)
    {
        chunks.Write(database, device, buffer);
        var rollups = new ChunkRollups();
        rollups.AddChunk(buffer.Bytes.ToArray());
        var coarseBefore = rows.Add(device.Id, rollups);
        database.Statement("UPDATE device SET history_through = ?, coarse_before = ?, last_event_at = ? WHERE id = ?")
            .Bind(through).Bind(coarseBefore).Bind(device.Past.LastEventAt).Bind(device.Id).Run();
    }

    public override void Committed()
    {
        _chunks.Committed();
        foreach (var (device, buffer) in chosen[.._written])
            buffers.Flushed(device, buffer, through);

        buffers.NotYetFlushed(chosen[_written..]);
    }

    public override void Fail(Exception failure) => buffers.NotFlushed(chosen);
}
