using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.History;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>Brings the memory of the store up to the end of the log, from the first row that somebody still needs.</summary>
internal sealed class LogRecovery(DeviceRegister devices, HistoryBuffers history, RecoveredRows recovered, LogPosition log)
{
    public void Run(SqliteDatabase database, Instant now)
    {
        devices.Load(database, now);
        var floor = Meta.Read(database.Statement(Meta.Select).Bind(Meta.LogFloor)) ?? 1;
        log.ContinueAfter(floor - 1);
        using var rows = database.Statement("SELECT position, body FROM log WHERE position >= ? ORDER BY position").Bind(floor);
        while (rows.Step())
        {
            var row = LogRow.Parse(rows.Int64(0), rows.Blob(1));
            if (Replay(row))
                recovered.Keep(row);

            log.ContinueAfter(row.Position);
        }
    }

    /// <returns>Whether it holds an event that no snapshot covers.</returns>
    private bool Replay(LogRow row)
    {
        var needed = false;
        foreach (var record in row.Records())
        {
            var known = devices.ById(record.Device);
            if (record.LastVersion > known.Tail.After)
            {
                known.Tail.Add(new TailEntry(row.Position, record.LastVersion, record.Offset));
                known.Version = Math.Max(known.Version, record.LastVersion);
                needed = true;
            }

            if (row.Position > known.HistoryThrough)
                history.Add(known, row.Position, record.FirstVersion, row.Events(record));
        }

        return needed;
    }
}
