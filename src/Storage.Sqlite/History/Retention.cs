using OrleansIot.Application.History;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Sqlite.Past;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>
/// Drops what is older than it is to be kept. What has expired is out of sight at once, and then removed piece by piece: a row when all
/// that it holds has expired, so that a metric which is kept less long than another lies unseen beside it until then.
/// </summary>
internal sealed class Retention(GroupCommit writer, LogFloor floor, PastRetention past, DamageFound damage)
{
    // Rows per transaction: appends wait for some milliseconds.
    private const int RowsAtOnce = 500;

    // Each has a day of minutes to be folded at most.
    private const int DevicesAtOnce = 10;

    private volatile KeptSince _kept = KeptSince.Ever;

    public KeptSince Kept => _kept;

    public void Load(SqliteDatabase database)
    {
        var entries = new List<KeptSince.Entry>();
        using var rows = database.Statement("SELECT place, metrics, resolution, since FROM kept ORDER BY place, resolution");
        while (rows.Step())
        {
            if (rows.Int64(0) == entries.Count)
                entries.Add(KeptSince.Ever.Default with { Metrics = rows.Text(1) });

            entries[^1] = entries[^1] with { Since = entries[^1].Since.SetItem((int)rows.Int64(2), new Instant(rows.Int64(3))) };
        }

        if (entries.Count > 0)
            _kept = new KeptSince([.. entries]);
    }

    public async ValueTask Expire(KeptSince newer, CancellationToken cancellation)
    {
        var kept = _kept.Raise(newer);
        await writer.Run(
            database =>
            {
                Store(database, kept);
                return true;
            },
            committed: () => _kept = kept,
            cancellation);

        while (await writer.Run(database => DropChunks(database, kept.OfAny(HistoryResolution.Raw)), null, cancellation))
        {
        }

        await past.Expire(kept.OfAny(HistoryResolution.Raw).UnixMilliseconds, cancellation);

        while (await writer.Run(database => FoldMinutes(database, kept.OfAny(HistoryResolution.Minute)), null, cancellation))
        {
        }

        while (await writer.Run(database => DropMinutes(database, kept.OfAny(HistoryResolution.Minute)), null, cancellation))
        {
        }

        foreach (var level in RollupLevel.Coarse)
        {
            while (await writer.Run(database => DropCoarse(database, level, kept.OfAny(level.Resolution)), null, cancellation))
            {
            }
        }

        while (await writer.Run(database => DropLog(database, kept.Default.Of(HistoryResolution.Raw)), null, cancellation))
        {
        }
    }

    private static void Store(SqliteDatabase database, KeptSince kept)
    {
        database.Statement("DELETE FROM kept").Run();
        for (var place = 0; place < kept.Entries.Length; place++)
        {
            for (var resolution = 0; resolution < kept.Entries[place].Since.Length; resolution++)
            {
                database.Statement("INSERT INTO kept(place, metrics, resolution, since) VALUES(?, ?, ?, ?)")
                    .Bind(place).Bind(kept.Entries[place].Metrics).Bind(resolution).Bind(kept.Entries[place].Since[resolution].UnixMilliseconds).Run();
            }
        }
    }

    // Those that an older release wrote, without versions: the others go with what else the device's past is made of.
    private static bool DropChunks(SqliteDatabase database, Instant before)
    {
        database.Statement("DELETE FROM reading_chunk WHERE id IN (SELECT id FROM reading_chunk WHERE last_version IS NULL AND last_at < ? LIMIT ?)")
            .Bind(before.UnixMilliseconds).Bind(RowsAtOnce).Run();
        return database.Changes == RowsAtOnce;
    }

    // The last hours of a device that fell silent are in minutes alone.
    private bool FoldMinutes(SqliteDatabase database, Instant before)
    {
        var hour = RollupLevel.Minute.BlockOf(before.UnixMilliseconds);
        var devices = new List<long>(DevicesAtOnce);
        using (var select = database.Statement(
            """
            SELECT DISTINCT minutes.device FROM rollup_hour AS minutes JOIN device ON device.id = minutes.device
            WHERE minutes.hour < ? AND (device.coarse_before IS NULL OR minutes.hour >= device.coarse_before) LIMIT ?
            """).Bind(hour).Bind(DevicesAtOnce))
        {
            while (select.Step())
                devices.Add(select.Int64(0));
        }

        var rows = new RollupRows(database, damage);
        foreach (var device in devices)
            rows.Fold(device, hour);

        return devices.Count > 0;
    }

    private static bool DropMinutes(SqliteDatabase database, Instant before)
    {
        database.Statement("DELETE FROM rollup_hour WHERE rowid IN (SELECT rowid FROM rollup_hour WHERE hour < ? LIMIT ?)")
            .Bind(RollupLevel.Minute.BlockOf(before.UnixMilliseconds)).Bind(RowsAtOnce).Run();
        return database.Changes == RowsAtOnce;
    }

    private static bool DropCoarse(SqliteDatabase database, RollupLevel level, Instant before)
    {
        database.Statement("DELETE FROM rollup_coarse WHERE rowid IN (SELECT rowid FROM rollup_coarse WHERE resolution = ? AND block < ? LIMIT ?)")
            .Bind((long)level.Resolution).Bind(level.BlockOf(before.UnixMilliseconds)).Bind(RowsAtOnce).Run();
        return database.Changes == RowsAtOnce;
    }

    // Commits are in the order of their time, so only the oldest need a look.
    private bool DropLog(SqliteDatabase database, Instant before)
    {
        floor.Store(database);
        database.Statement("DELETE FROM log WHERE position < ? AND committed_at < ? AND position IN (SELECT position FROM log ORDER BY position LIMIT ?)")
            .Bind(floor.Compute()).Bind(before.UnixMilliseconds).Bind(RowsAtOnce).Run();
        return database.Changes == RowsAtOnce;
    }
}
