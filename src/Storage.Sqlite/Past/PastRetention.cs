using OrleansIot.Storage.Sqlite.Backups;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.Past;

/// <summary>
/// Drops what of the devices' past has expired, device by device: all events up to the newest checkpoint that is older than the
/// horizon, so that every moment since can still be told.
/// </summary>
internal sealed class PastRetention(GroupCommit writer, DeviceRegister devices, PastHorizon horizon)
{
    // Per transaction: appends wait for some milliseconds.
    private const int DevicesAtOnce = 500;
    private const int RowsAtOnce = 500;

    public async ValueTask Expire(long before, CancellationToken cancellation)
    {
        horizon.From = Math.Max(horizon.From, before);
        var all = devices.Stored.ToArray();
        for (var next = 0; next < all.Length;)
        {
            var changed = new List<Action>();
            next = await writer.Run(database => Drop(database, all, next, before, changed), () => changed.ForEach(change => change()), cancellation);
        }
    }

    /// <param name="changed">Receives what memory is to be told after the commit.</param>
    /// <returns>Which device is next.</returns>
    private static int Drop(SqliteDatabase database, KnownDevice[] all, int next, long before, List<Action> changed)
    {
        var dropped = 0;
        for (var end = Math.Min(next + DevicesAtOnce, all.Length); next < end; next++)
        {
            if ((dropped += Drop(database, all[next], before, RowsAtOnce - dropped, changed)) >= RowsAtOnce)
                break;
        }

        return next;
    }

    private static int Drop(SqliteDatabase database, KnownDevice known, long before, int rows, List<Action> changed)
    {
        var past = known.Past;
        if (past.LastEventAt < before && KeepSnapshot(database, known) is { } kept)
            changed.Add(() => past.Checkpointed(kept, past.LastEventAt));

        if (NewestBefore(database, known, before) is not { } version)
            return 0;

        if (version > past.DroppedThrough)
        {
            database.Statement("UPDATE device SET kept_after = ?1, dropped_through = ?1 WHERE id = ?2").Bind(version).Bind(known.Id).Run();
            changed.Add(() => (past.KeptAfter, past.DroppedThrough) = (version, version));
        }

        database.Statement("DELETE FROM checkpoint WHERE device = ? AND version < ?").Bind(known.Id).Bind(version).Run();

        // The versions of a chunk's readings are told by the other events between them, so those stay as long as it does.
        const string NoneNeeded = "(SELECT min(first_version, ?2 + 1) FROM reading_chunk WHERE device = ?1 AND last_version > ?2 ORDER BY last_version LIMIT 1)";
        database.Statement($"DELETE FROM device_event WHERE device = ?1 AND last_version < ifnull({NoneNeeded}, ?2 + 1)").Bind(known.Id).Bind(version).Run();

        // A device whose clock is ahead keeps readings for as long as they are of a time to come.
        database.Statement("DELETE FROM reading_chunk WHERE id IN (SELECT id FROM reading_chunk WHERE device = ? AND last_version <= ? AND last_at < ? LIMIT ?)")
            .Bind(known.Id).Bind(version).Bind(before).Bind(rows).Run();
        return database.Changes;
    }

    // A device that has fallen silent has no checkpoint after its last events, and needs none but its snapshot.
    private static long? KeepSnapshot(SqliteDatabase database, KnownDevice known)
    {
        var through = known.Tail.After;
        if (known.Version != through || through <= known.Past.CheckpointVersion)
            return null;

        using var snapshot = database.Statement("SELECT device, version, body, checksum FROM snapshot WHERE device = ?").Bind(known.Id);
        return snapshot.Step() && DataCheck.IsWhole(snapshot, DataCheck.Snapshot) && SqliteCheckpoints.Write(database, known, through, snapshot.Blob(2).ToArray()) ? through : null;
    }

    private static long? NewestBefore(SqliteDatabase database, KnownDevice known, long before)
    {
        using var newest = database.Statement("SELECT device, version, at, body, checksum FROM checkpoint WHERE device = ? AND at < ? ORDER BY at DESC, version DESC").Bind(known.Id).Bind(before);
        while (newest.Step())
        {
            // A damaged one is folded from the one before, which therefore stays, with the events between.
            if (newest.Int64(1) <= known.Past.DroppedThrough || StoredChecksum.FitsCheckpoint(newest))
                return newest.Int64(1);
        }

        return null;
    }
}
