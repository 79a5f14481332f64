using OrleansIot.Application.History.Rollups;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.History;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>Takes damaged roll-ups out of a database.</summary>
/// <param name="name">Of a device, by the number that rows have of it.</param>
internal sealed class RollupRepair(SqliteDatabase database, List<string> told, Func<long, string> name)
{
    public void Run(CancellationToken cancellation)
    {
        LeaveOut(
            "rollup_hour", DataCheck.Hours, DataCheck.Hour, 4, row => $"{name(row.Int64(2))}: one-minute roll-ups of the hour from {Time(row.Int64(0) * RollupLevel.Minute.BlockLength)}", cancellation);
        LeaveOut(
            "rollup_coarse", DataCheck.Blocks, DataCheck.Block, 5, row => $"{name(row.Int64(2))}: {RollupRows.BlockName(row.Int64(2), row.Int64(3), row.Int64(0))}", cancellation);
    }

    private void LeaveOut(string table, string rows, Action<SqliteStatement> read, int rowid, Func<SqliteStatement, string> describe, CancellationToken cancellation)
    {
        var broken = new List<(long Row, string Name)>();
        using (var found = database.Statement(rows))
        {
            while (found.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                if (!DataCheck.IsWhole(found, read))
                    broken.Add((found.Int64(rowid), describe(found)));
            }
        }

        foreach (var (row, what) in broken)
        {
            database.Statement($"DELETE FROM {table} WHERE rowid = ?").Bind(row).Run();
            told.Add($"{what} is damaged and left out; the readings stay.");
        }
    }

    private static string Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("u");
}
