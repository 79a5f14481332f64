using OrleansIot.Application.History;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>Stored roll-ups, as one transaction changes them.</summary>
/// <param name="damage">Null: nothing damaged is there any more.</param>
internal sealed class RollupRows(SqliteDatabase database, DamageFound? damage)
{
    // A third of a block of quarter-hours, which is so written three times; what is in minutes alone is then some four to eight hours.
    private const int HoursFoldedTogether = 4;

    // Twice what a device has that is heard of every day.
    private const int HoursAtOnce = 24;

    private readonly ByteBuffer _body = new(4_096);

    /// <summary>Adds what became a chunk.</summary>
    /// <returns>Hours before it are in the coarse roll-ups now.</returns>
    public long? Add(long device, ChunkRollups chunk)
    {
        var target = CoarseRollups.Target(chunk.LastAt, chunk.LastReceivedAt, HoursFoldedTogether, DelayOf(device));

        // A device without minutes has nothing else to be folded; one that has them is left to CoarseFill.
        var before = CoarseBefore(device) ?? (HasMinutes(device) ? null : target);
        var coarse = new CoarseRollups();
        foreach (var (hour, minutes) in chunk.Hours)
        {
            if (hour < before)
                coarse.Fold(hour, minutes);

            MergeHour(device, hour, minutes);
        }

        if (before < target)
            before = Fold(device, before.Value, target, Math.Max(HoursAtOnce, chunk.Hours.Count), coarse);

        Write(device, coarse);
        return before;
    }

    /// <summary>Folds stored hours before that one that are not yet.</summary>
    /// <returns>Whether that was all of them.</returns>
    public bool Fold(long device, long target)
    {
        if ((CoarseBefore(device) ?? long.MinValue) is var before && before >= target)
            return true;

        var coarse = new CoarseRollups();
        before = Fold(device, before, target, HoursAtOnce, coarse);
        Write(device, coarse);
        database.Statement("UPDATE device SET coarse_before = ? WHERE id = ?").Bind(before).Bind(device).Run();
        return before == target;
    }

    /// <summary>Where <see cref="Fold(long, long)"/> ends that leaves the device's last stored hour to come.</summary>
    public long? LastHour(long device)
    {
        using var select = database.Statement("SELECT max(hour) FROM rollup_hour WHERE device = ?").Bind(device);
        return select.Step() ? select.OptionalInt64(0) : null;
    }

    /// <param name="row">Of <c>hour, body, device, checksum</c>.</param>
    public static bool IsWholeHour(SqliteStatement row) => StoredChecksum.Fits(row.OptionalInt64(3), row.Blob(1), row.Int64(2), row.Int64(0));

    /// <param name="row">Of <c>block, body, device, resolution, checksum</c>.</param>
    public static bool IsWholeBlock(SqliteStatement row) => StoredChecksum.Fits(row.OptionalInt64(4), row.Blob(1), row.Int64(2), row.Int64(3), row.Int64(0));

    public static string HourName(long device, long hour) => $"What the one-minute roll-ups of device number {device} say of the hour from {new Instant(hour * RollupLevel.Minute.BlockLength)}";

    public static string BlockName(long device, long resolution, long block) => resolution is >= (long)HistoryResolution.QuarterHour and <= (long)HistoryResolution.Day
        ? $"What the roll-ups ({(HistoryResolution)resolution}) of device number {device} say of the time from {new Instant(block * RollupLevel.Of((HistoryResolution)resolution).BlockLength)}"
        : $"A roll-up of device number {device}";

    private void Damaged(string name) => damage?.Add($"{name} is not what was written.");

    private static long DelayOf(long device) => device * 7_919 % (HoursFoldedTogether * 60) * RollupLevel.Minute.Unit;

    private long? CoarseBefore(long device)
    {
        using var select = database.Statement("SELECT coarse_before FROM device WHERE id = ?").Bind(device);
        return select.Step() ? select.OptionalInt64(0) : null;
    }

    private bool HasMinutes(long device)
    {
        using var select = database.Statement("SELECT 1 FROM rollup_hour WHERE device = ? LIMIT 1").Bind(device);
        return select.Step();
    }

    private long Fold(long device, long from, long target, int most, CoarseRollups coarse)
    {
        using var hours = database.Statement("SELECT hour, body, device, checksum FROM rollup_hour WHERE device = ? AND hour >= ? AND hour < ? ORDER BY hour LIMIT ?")
            .Bind(device).Bind(from).Bind(target).Bind(most);
        var (count, last) = (0, 0L);
        for (; hours.Step(); count++)
        {
            last = hours.Int64(0);
            if (!IsWholeHour(hours))
            {
                // Its quarter-hours, hour and part of a day lack it; what else there is goes on.
                Damaged(HourName(device, last));
                continue;
            }

            var minutes = new RollupBlock(RollupLevel.Minute);
            minutes.Merge(hours.Blob(1));
            coarse.Fold(last, minutes);
        }

        return count == most ? last + 1 : target;
    }

    private void MergeHour(long device, long hour, RollupBlock minutes)
    {
        using (var select = database.Statement("SELECT hour, body, device, checksum FROM rollup_hour WHERE device = ? AND hour = ?").Bind(device).Bind(hour))
        {
            if (select.Step())
            {
                // What is added to it would make it seem whole. The readings are in their chunks.
                if (!IsWholeHour(select))
                {
                    Damaged(HourName(device, hour));
                    return;
                }

                minutes.Merge(select.Blob(1));
            }
        }

        var body = BodyOf(minutes);
        database.Statement("INSERT INTO rollup_hour(device, hour, body, checksum) VALUES(?, ?, ?, ?) ON CONFLICT(device, hour) DO UPDATE SET body = excluded.body, checksum = excluded.checksum")
            .Bind(device).Bind(hour).Bind(body).Bind(StoredChecksum.Of(body, device, hour)).Run();
    }

    private void Write(long device, CoarseRollups coarse)
    {
        foreach (var ((level, block), rollups) in coarse.Blocks)
        {
            var resolution = (long)level.Resolution;
            using (var select = database.Statement("SELECT block, body, device, resolution, checksum FROM rollup_coarse WHERE device = ? AND resolution = ? AND block = ?").Bind(device).Bind(resolution).Bind(block))
            {
                if (select.Step())
                {
                    if (!IsWholeBlock(select))
                    {
                        Damaged(BlockName(device, resolution, block));
                        continue;
                    }

                    rollups.Merge(select.Blob(1));
                }
            }

            var body = BodyOf(rollups);
            database.Statement("INSERT INTO rollup_coarse(device, resolution, block, body, checksum) VALUES(?, ?, ?, ?, ?) ON CONFLICT(device, resolution, block) DO UPDATE SET body = excluded.body, checksum = excluded.checksum")
                .Bind(device).Bind(resolution).Bind(block).Bind(body).Bind(StoredChecksum.Of(body, device, resolution, block)).Run();
        }
    }

    private ReadOnlySpan<byte> BodyOf(RollupBlock rollups)
    {
        _body.Clear();
        rollups.Write(_body);
        return _body.Written;
    }
}
