using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>The first position in the log that somebody still needs: a twin whose snapshot is older, or readings that are in no chunk. The writer's own.</summary>
internal sealed class LogFloor(DeviceRegister devices, LogPosition log, RecoveredRows recovered)
{
    private long _stored;

    public long Compute()
    {
        var floor = log.Next;
        foreach (var known in devices.Stored)
            floor = Math.Min(floor, Math.Min(known.Tail.FirstPosition ?? floor, known.Buffer?.FirstPosition ?? floor));

        return floor;
    }

    /// <summary>Where the next opening of the store begins to read.</summary>
    public void Store(SqliteDatabase database)
    {
        var floor = Compute();
        recovered.ReleaseBelow(floor);
        if (floor == _stored)
            return;

        Meta.Write(database, Meta.LogFloor, floor);
        _stored = floor;
    }
}
