using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>Makes buffers into stored chunks and roll-ups, in one transaction.</summary>
/// <param name="through">Position of the last commit: all readings up to it are in the buffers.</param>
internal sealed class HistoryFlush(HistoryBuffers buffers, List<(KnownDevice Device, ReadingBuffer Buffer)> chosen, long through) : WriteJob
{
    private readonly ByteBuffer _body = new(4_096);
    private readonly ChunkRows _chunks = new();

    public override Lock Gate => buffers.Gate;

    public override void Write(SqliteDatabase database)
    {
        foreach (var (device, buffer) in chosen)
        {
            _chunks.Write(database, device, buffer);
            database.Statement("UPDATE device SET history_through = ?, last_event_at = ? WHERE id = ?").Bind(through).Bind(device.Past.LastEventAt).Bind(device.Id).Run();
            foreach (var (hour, rollups) in RollUp(buffer))
                MergeHour(database, device.Id, hour, rollups);
        }
    }

    public override void Committed()
    {
        _chunks.Committed();
        foreach (var (device, buffer) in chosen)
            buffers.Flushed(device, buffer, through);
    }

    public override void Fail(Exception failure) => buffers.NotFlushed(chosen);

    private static Dictionary<long, HourRollups> RollUp(ReadingBuffer buffer)
    {
        var hours = new Dictionary<long, HourRollups>();
        var readings = new ReadingChunkReader(buffer.Bytes.ToArray());
        while (readings.Read())
        {
            var hour = HourRollups.HourOf(readings.At);
            if (!hours.TryGetValue(hour, out var rollups))
                hours.Add(hour, rollups = new HourRollups());

            for (var i = 0; i < readings.Values.Length; i++)
            {
                if (readings.Values[i].Kind != MetricKind.Text)
                    rollups.Add(readings.Names[i], readings.At, readings.Values[i].Number);
            }
        }

        return hours;
    }

    private void MergeHour(SqliteDatabase database, long device, long hour, HourRollups rollups)
    {
        using (var select = database.Statement("SELECT body FROM rollup_hour WHERE device = ? AND hour = ?").Bind(device).Bind(hour))
        {
            if (select.Step())
                rollups.Merge(select.Blob(0));
        }

        _body.Clear();
        rollups.Write(_body);
        database.Statement("INSERT INTO rollup_hour(device, hour, body) VALUES(?, ?, ?) ON CONFLICT(device, hour) DO UPDATE SET body = excluded.body")
            .Bind(device).Bind(hour).Bind(_body.Written).Run();
    }
}
