using System.Text;
using OrleansIot.Application;
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
internal sealed class SqliteReadingHistory(HistoryBuffers buffers, DeviceRegister devices, ReadConnections readers, Retention retention, DamageFound damage) : IReadingHistory
{
    public async ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation)
    {
        var plan = SeriesPlan.For(query, retention.ReadingsFrom);
        var keptFrom = plan.FromRollups ? retention.RollupsFrom : retention.ReadingsFrom;
        var buckets = new SeriesBuckets(plan, query.Metric, keptFrom.UnixMilliseconds);
        if (devices.Find(query.Device) is not { } known || plan.Buckets == 0)
            return buckets.ToSeries();

        using var reader = await readers.Rent(cancellation);
        if (Freeze(known, reader) is { } buffered)
            buckets.AddChunk(buffered);

        if (plan.FromRollups)
            AddRollups(reader, known, plan, query.Metric, buckets, cancellation);
        else
            AddChunks(reader, known, plan, buckets, cancellation);

        return buckets.ToSeries();
    }

    public async ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (devices.Find(device) is not { } known)
            return [];

        var first = Math.Max(from.UnixMilliseconds, retention.ReadingsFrom.UnixMilliseconds);
        var newest = new NewestReadings(first, to.UnixMilliseconds, limit);
        using var reader = await readers.Rent(cancellation);
        if (Freeze(known, reader) is { } buffered)
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

    public ValueTask Expire(Instant readingsBefore, Instant rollupsBefore, CancellationToken cancellation) =>
        retention.Expire(readingsBefore, rollupsBefore, cancellation);

    /// <summary>Takes the buffer's readings and the file's as they are at one moment.</summary>
    private byte[]? Freeze(KnownDevice known, ReadConnection reader)
    {
        lock (buffers.Gate)
        {
            reader.Freeze();
            lock (known.Lock)
                return known.Buffer?.Bytes.ToArray();
        }
    }

    private void AddChunks(ReadConnection reader, KnownDevice known, SeriesPlan plan, SeriesBuckets buckets, CancellationToken cancellation)
    {
        using var chunks = reader.Statement("SELECT id, device, first_at, last_at, count, body, checksum FROM reading_chunk WHERE device = ? AND last_at >= ? AND first_at < ?")
            .Bind(known.Id).Bind(plan.From).Bind(plan.To);
        while (chunks.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            buckets.AddChunk(Whole(chunks));
        }
    }

    // A chart that leaves readings out without a word would say what was not so.
    private byte[] Whole(SqliteStatement chunk)
    {
        var body = chunk.Blob(5);
        if (StoredChecksum.Fits(chunk.OptionalInt64(6), body, chunk.Int64(1), chunk.Int64(2), chunk.Int64(3), chunk.Int64(4)))
            return body.ToArray();

        damage.Add($"Chunk {chunk.Int64(0)} of the history is not what was written.");
        throw new StoreException($"Chunk {chunk.Int64(0)} of the history is damaged. Restore a backup, or run the command 'repair', which leaves it out.") { Code = SqliteErrors.Damaged };
    }

    private static void AddRollups(ReadConnection reader, KnownDevice known, SeriesPlan plan, MetricName metric, SeriesBuckets buckets, CancellationToken cancellation)
    {
        var name = Encoding.UTF8.GetBytes(metric.Value);
        var minutes = new MinuteRollup[HourRollups.Minutes];
        using var hours = reader.Statement("SELECT hour, body FROM rollup_hour WHERE device = ? AND hour BETWEEN ? AND ? ORDER BY hour")
            .Bind(known.Id).Bind(HourRollups.HourOf(plan.From)).Bind(HourRollups.HourOf(plan.To - 1));
        while (hours.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            if (HourRollups.TryRead(hours.Blob(1), name, minutes))
                buckets.AddHour(hours.Int64(0), minutes);
        }
    }
}
