using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Alerts;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>Takes damaged rows out of the tables that are guarded row by row, and what cannot be without them.</summary>
internal sealed class GuardedRepair(SqliteDatabase database, List<string> told)
{
    private static readonly GuardedTable[] OfSessions = [GuardedTables.Subscriptions, GuardedTables.Received, GuardedTables.Deliveries, GuardedTables.Wills];

    public void Run(CancellationToken cancellation)
    {
        var before = told.Count;
        foreach (var table in GuardedTables.All)
        {
            if (LeaveOut(table, cancellation) > 0 && table == GuardedTables.Alerts)
                EnterOpenAlerts(cancellation);
        }

        if (told.Count > before)
            LeaveOutOrphans();
    }

    private int LeaveOut(GuardedTable table, CancellationToken cancellation)
    {
        var broken = new List<(string Name, object?[] Key)>();
        using (var rows = database.Statement(DataCheck.RowsOf(table)))
        {
            while (rows.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                if (!DataCheck.IsWhole(rows, row => DataCheck.Row(table, row)))
                    broken.Add((table.Describe(rows), [.. Enumerable.Range(0, table.Keys).Select(rows.Value)]));
            }
        }

        foreach (var (name, key) in broken)
        {
            var delete = database.Statement($"DELETE FROM {table.Name} WHERE {table.KeyIs()}");
            foreach (var value in key)
                delete.BindValue(value);

            delete.Run();
            told.Add($"{name} is damaged and left out. {table.Consequence}".TrimEnd());
        }

        return broken.Count;
    }

    // The twin knows its open alerts; the book has to have them, or nobody could acknowledge them.
    private void EnterOpenAlerts(CancellationToken cancellation)
    {
        var missing = new List<Twin>();
        using (var snapshots = database.Statement(DataCheck.Snapshots(database)))
        {
            while (snapshots.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                if (DataCheck.IsWhole(snapshots, DataCheck.Snapshot) && TwinCodec.Decode(snapshots.Blob(2)) is { OpenAlerts.IsEmpty: false } twin)
                    missing.Add(twin);
            }
        }

        foreach (var alert in missing.SelectMany(twin => twin.OpenAlerts))
        {
            using (var known = database.Statement("SELECT 1 FROM alert WHERE id = ?").Bind(alert.Id.ToString()))
            {
                if (known.Step())
                    continue;
            }

            AlertRows.Enter(database, alert);
            told.Add($"Alert {alert.Id} is open on its device, and was made anew from there.");
        }
    }

    private void LeaveOutOrphans()
    {
        foreach (var table in OfSessions)
        {
            database.Statement($"DELETE FROM {table.Name} WHERE session NOT IN (SELECT id FROM session)").Run();
            if (database.Changes > 0)
                told.Add($"{database.Changes} rows of {table.Name} were of sessions that are left out, and went with them.");
        }

        database.Statement("DELETE FROM delivery WHERE message NOT IN (SELECT id FROM message)").Run();
        if (database.Changes > 0)
            told.Add($"{database.Changes} deliveries were of messages that are left out, and went with them.");

        database.Statement("DELETE FROM message WHERE id NOT IN (SELECT message FROM delivery)").Run();
    }
}
