using OrleansIot.Domain;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.History;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>Brings the memory of the store up to the end of the log, from the first row that somebody still needs.</summary>
internal sealed class LogRecovery(DeviceRegister devices, HistoryBuffers history, RecoveredRows recovered, LogPosition log)
{
    // Of at most 4 MB each. To check and to decode them is most of the work, and is done by other cores than the one that reads on.
    private static readonly int RowsAtOnce = 4 * Environment.ProcessorCount;

    public void Run(SqliteDatabase database, Instant now)
    {
        devices.Load(database, now);
        var floor = Meta.Read(database.Statement(Meta.Select).Bind(Meta.LogFloor)) ?? 1;
        log.ContinueAfter(floor - 1);
        var ahead = new Queue<Task<Decoded>>(RowsAtOnce);
        using var rows = database.Statement("SELECT position, body FROM log WHERE position >= ? ORDER BY position").Bind(floor);
        while (rows.Step())
        {
            var (position, body) = (rows.Int64(0), rows.Blob(1).ToArray());
            ahead.Enqueue(Task.Run(() => Decode(position, body)));
            if (ahead.Count == RowsAtOnce)
                Replay(ahead.Dequeue().GetAwaiter().GetResult());
        }

        while (ahead.TryDequeue(out var next))
            Replay(next.GetAwaiter().GetResult());
    }

    private Decoded Decode(long position, byte[] body)
    {
        var row = LogRow.Parse(position, body);
        var records = new List<(KnownDevice, LogRecord, TwinEvent[]?)>();
        foreach (var record in row.Records())
        {
            var known = devices.ById(record.Device);
            records.Add((known, record, position > known.HistoryThrough ? row.Events(record) : null));
        }

        return new Decoded(row, records);
    }

    private void Replay(Decoded decoded)
    {
        var row = decoded.Row;
        var isNeeded = false;
        foreach (var (known, record, events) in decoded.Records)
        {
            if (record.LastVersion > known.Tail.After)
            {
                known.Tail.Add(new TailEntry(row.Position, record.LastVersion, record.Offset));
                known.Version = Math.Max(known.Version, record.LastVersion);
                isNeeded = true;
            }

            if (events is not null)
                history.Add(known, row.Position, record.FirstVersion, events);
        }

        if (isNeeded)
            recovered.Keep(row);

        log.ContinueAfter(row.Position);
    }

    /// <param name="Records">With their events, where no chunk has them yet.</param>
    private readonly record struct Decoded(LogRow Row, List<(KnownDevice Device, LogRecord Record, TwinEvent[]? Events)> Records);
}
