using System.Text;
using OrleansIot.Application;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>Stored chunks and roll-ups, and what is not in them yet.</summary>
internal sealed class SqliteReadingHistory(DeviceRegister devices, ReadConnections readers, Retention retention, DamageFound damage) : IReadingHistory
{
    public ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation) =>
        SeriesGathering.Answer(query, retention.Kept, plan => Gather(query, plan, cancellation));

    public async ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (devices.Find(device) is not { } known)
            return [];

        var kept = new KeptMetrics(retention.Kept);
        var first = Math.Max(from.UnixMilliseconds, kept.From.UnixMilliseconds);
        var newest = new NewestReadings(first, to.UnixMilliseconds, limit, kept);
        using var reader = await readers.Rent(cancellation);
        if (Freeze(known, reader).Buffered is { } buffered)
            newest.AddChunk(buffered, long.MaxValue);

        using var chunks = reader.Statement("SELECT id, device, first_at, last_at, count, body, checksum FROM reading_chunk WHERE device = ? AND last_at >= ? AND first_at < ? ORDER BY last_at DESC")
            .Bind(known.Id).Bind(first).Bind(to.UnixMilliseconds);
        while (chunks.Step() && !newest.IsBeyond(chunks.Int64(3)))
        {
            cancellation.ThrowIfCancellationRequested();
            newest.AddChunk(Whole(chunks), chunks.Int64(0));
        }

        return newest.InOrder();
    }

    public async ValueTask<IReadOnlyList<Reading>> Oldest(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (devices.Find(device) is not { } known)
            return [];

        var kept = new KeptMetrics(retention.Kept);
        var first = Math.Max(from.UnixMilliseconds, kept.From.UnixMilliseconds);
        using var reader = await readers.Rent(cancellation);
        var buffered = Freeze(known, reader).Buffered;
        var found = new List<Reading>(Math.Min(limit, 1_000));
        while (first < to.UnixMilliseconds && found.Count < limit)
        {
            cancellation.ThrowIfCancellationRequested();
            var until = Math.Min(to.UnixMilliseconds, EndOf(reader, known, first, limit));
            var oldest = new OldestReadings(first, until, limit - found.Count, kept);
            if (buffered is not null)
                oldest.AddChunk(buffered, long.MaxValue);

            AddChunks(reader, known, first, until, (chunk, number) => oldest.AddChunk(chunk, number), () => false, cancellation);
            found.AddRange(oldest.InOrder());
            first = until;
        }

        return found;
    }

    public ValueTask Expire(KeptSince kept, CancellationToken cancellation) => retention.Expire(kept, cancellation);

    /// <summary>Until when the chunks that end next have so many readings together.</summary>
    private static long EndOf(ReadConnection reader, KnownDevice known, long from, int readings)
    {
        using var chunks = reader.Statement("SELECT last_at, count FROM reading_chunk WHERE device = ? AND last_at >= ? ORDER BY last_at").Bind(known.Id).Bind(from);
        for (long count = 0; chunks.Step();)
        {
            count += chunks.Int64(1);
            if (count >= readings)
                return chunks.Int64(0) + 1;
        }

        return long.MaxValue;
    }

    /// <summary>
    /// Takes the buffer's readings and the file's as they are at one moment, without waiting for a flush under way: whether the file has
    /// the buffer already is seen by how far the device's history goes there.
    /// </summary>
    private static Frozen Freeze(KnownDevice known, ReadConnection reader)
    {
        byte[]? buffered;
        long firstPosition;
        lock (known.Lock)
            (buffered, firstPosition) = (known.Buffer?.Bytes.ToArray(), known.Buffer?.FirstPosition ?? 0);

        reader.Freeze();
        using var device = reader.Statement("SELECT history_through, coarse_before FROM device WHERE id = ?").Bind(known.Id);
        return device.Step()
            ? new Frozen(device.Int64(0) < firstPosition ? buffered : null, device.OptionalInt64(1))
            : new Frozen(null, null);
    }

    private async ValueTask<SeriesGathering> Gather(SeriesQuery query, SeriesPlan plan, CancellationToken cancellation)
    {
        var gathered = SeriesGathering.For(plan, query.Metric);
        if (devices.Find(query.Device) is not { } known)
            return gathered;

        using var reader = await readers.Rent(cancellation);
        var (buffered, coarseBefore) = Freeze(known, reader);
        if (plan.IsOfReadings)
            Count(reader, known, plan, gathered);

        if (plan.Level is null)
            AddChunks(reader, known, Math.Max(plan.From, plan.KeptFrom), plan.To, gathered.AddChunk, () => gathered.IsTooMuch, cancellation);
        else
            AddRollups(reader, known, plan, coarseBefore, query.Metric, gathered, cancellation);

        if (buffered is not null)
            gathered.AddChunk(buffered, long.MaxValue);

        return gathered;
    }

    /// <summary>Before anything is decoded: far too many are seen at once.</summary>
    private static void Count(ReadConnection reader, KnownDevice known, SeriesPlan plan, SeriesGathering gathered)
    {
        using var within = reader.Statement("SELECT count FROM reading_chunk WHERE device = ? AND last_at >= ? AND last_at < ? AND first_at >= ?")
            .Bind(known.Id).Bind(Math.Max(plan.From, plan.KeptFrom)).Bind(plan.To).Bind(Math.Max(plan.From, plan.KeptFrom));
        for (long count = 0; !gathered.IsTooMuch && within.Step();)
            gathered.Expect(count += within.Int64(0));
    }

    private void AddChunks(
        ReadConnection reader, KnownDevice known, long from, long to, Action<byte[], long> add, Func<bool> isEnough, CancellationToken cancellation)
    {
        using var chunks = reader.Statement("SELECT id, device, first_at, last_at, count, body, checksum FROM reading_chunk WHERE device = ? AND last_at >= ? AND first_at < ? ORDER BY last_at")
            .Bind(known.Id).Bind(from).Bind(to);
        while (!isEnough() && chunks.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            add(Whole(chunks), chunks.Int64(0));
        }
    }

    // A chart that leaves readings out without a word would say what was not so.
    private byte[] Whole(SqliteStatement chunk)
    {
        var body = chunk.Blob(5);
        if (StoredChecksum.FitsChunk(chunk))
            return body.ToArray();

        damage.Add($"Chunk {chunk.Int64(0)} of the history is not what was written.");
        throw new StoreException($"Chunk {chunk.Int64(0)} of the history is damaged. Restore a backup, or run the command 'repair', which leaves it out.") { Code = SqliteErrors.Damaged };
    }

    private void AddRollups(
        ReadConnection reader, KnownDevice known, SeriesPlan plan, long? coarseBefore, MetricName metric, SeriesGathering gathered, CancellationToken cancellation)
    {
        var name = Encoding.UTF8.GetBytes(metric.Value);
        var firstHour = RollupLevel.Minute.BlockOf(plan.From);
        if (plan.Level is { } level && level != RollupLevel.Minute)
        {
            using var blocks = reader.Statement("SELECT block, body, device, resolution, checksum FROM rollup_coarse WHERE device = ? AND resolution = ? AND block BETWEEN ? AND ? ORDER BY block")
                .Bind(known.Id).Bind((long)level.Resolution).Bind(level.BlockOf(plan.From)).Bind(level.BlockOf(plan.To - 1));
            AddBlocks(blocks, level, name, gathered, cancellation);
            firstHour = Math.Max(firstHour, coarseBefore ?? long.MinValue);
        }

        using var hours = reader.Statement("SELECT hour, body, device, checksum FROM rollup_hour WHERE device = ? AND hour BETWEEN ? AND ? ORDER BY hour")
            .Bind(known.Id).Bind(firstHour).Bind(RollupLevel.Minute.BlockOf(plan.To - 1));
        AddBlocks(hours, RollupLevel.Minute, name, gathered, cancellation);
    }

    private void AddBlocks(SqliteStatement rows, RollupLevel level, byte[] metric, SeriesGathering gathered, CancellationToken cancellation)
    {
        Span<Rollup> units = new Rollup[level.Units];
        while (rows.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!(level == RollupLevel.Minute ? RollupRows.IsWholeHour(rows) : RollupRows.IsWholeBlock(rows)))
            {
                var what = level == RollupLevel.Minute ? RollupRows.HourName(rows.Int64(2), rows.Int64(0)) : RollupRows.BlockName(rows.Int64(2), rows.Int64(3), rows.Int64(0));
                damage.Add($"{what} is not what was written.");
                throw new StoreException($"{what} is damaged. Restore a backup, or run the command 'repair', which leaves it out.") { Code = SqliteErrors.Damaged };
            }

            if (RollupBlock.TryRead(rows.Blob(1), metric, units))
                gathered.AddBlock(level, rows.Int64(0), units);
        }
    }

    /// <param name="Buffered">Readings that are in no stored chunk.</param>
    /// <param name="CoarseBefore">Hours before it are in the coarse roll-ups.</param>
    private readonly record struct Frozen(byte[]? Buffered, long? CoarseBefore);
}
