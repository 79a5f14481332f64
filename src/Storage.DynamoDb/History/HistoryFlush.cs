using Amazon.DynamoDBv2.Model;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.Journal;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>
/// Takes what the log has beyond a device's history, and makes it into chunks and roll-ups: in one transaction, on the condition
/// that the history is where it was read. Any process may do so for any device; of two that try, one does.
/// </summary>
internal sealed class HistoryFlush(DynamoDatabase database, Func<DeviceId, long, CancellationToken, IAsyncEnumerable<LogItem>> readLog, RetentionMarks retention, DynamoDbOptions options, TimeProvider time)
{
    // A transaction has at most 100 writes and 4 MB.
    private const int MostWrites = 90;
    private const int MostBytes = 3 * 1_024 * 1_024;

    // Below the 400 KB of an item, its other attributes included. The log's events are at least as long as their chunk.
    private const int MostLogBytes = 256 * 1_024;
    private const int MostRollupBytes = 350 * 1_024;

    private readonly TimeSpan _readingsKept = TimeSpan.FromDays(options.ReadingRetentionDays);
    private readonly TimeSpan _rollupsKept = TimeSpan.FromDays(options.RollupRetentionDays);

    public async ValueTask Run(DeviceId device, CancellationToken cancellation)
    {
        var state = await HistoryState.Load(database, device, cancellation);
        var batch = new List<(long Version, TwinEvent Event)>();
        var bytes = 0;
        await foreach (var item in readLog(device, state.Through, cancellation))
        {
            if (bytes > 0 && bytes + item.Body.Length > MostLogBytes)
            {
                if (await Write(device, state, batch, cancellation) is not { } next)
                    return;

                (state, bytes) = (next, 0);
                batch.Clear();
            }

            bytes += item.Body.Length;
            var version = item.FirstVersion;
            foreach (var twinEvent in item.Events())
            {
                if (version > state.Through)
                    batch.Add((version, twinEvent));

                version++;
            }
        }

        if (batch.Count > 0)
            await Write(device, state, batch, cancellation);
    }

    /// <returns>The state after it; null: somebody else was faster.</returns>
    private async ValueTask<HistoryState?> Write(DeviceId device, HistoryState state, List<(long Version, TwinEvent Event)> events, CancellationToken cancellation)
    {
        var through = events[^1].Version;
        var readings = events.Where(entry => entry.Event is TwinEvent.ReadingRecorded).Select(entry => ((TwinEvent.ReadingRecorded)entry.Event).Reading).ToArray();
        var writes = Chunks(device, readings, events[0].Version, through).ToList();
        var rollups = await Rollups(device, readings, through, cancellation);
        var size = writes.Concat(rollups).Sum(write => write.Put?.Item[Names.Body].B.Length ?? 0);
        if ((writes.Count + rollups.Count > MostWrites || size > MostBytes) && events.Count > 1)
        {
            // A backlog that spans days: half of it at a time.
            var half = events.Count / 2;
            return await Write(device, state, events[..half], cancellation) is { } middle ? await Write(device, middle, events[half..], cancellation) : null;
        }

        var floor = Sortable.DayOf(retention.ReadingsFrom);
        var days = state.Days.Concat(readings.Select(reading => Sortable.DayOf(reading.At))).Distinct().Where(day => day >= floor);
        var after = new HistoryState(through, [.. days]);
        writes.Insert(0, StateWrite(device, state, after));
        writes.AddRange(rollups);
        var refused = await database.Transact(writes, Guid.NewGuid().ToString("N"), cancellation);
        return refused.Count == 0 ? after : null;
    }

    private IEnumerable<TransactWriteItem> Chunks(DeviceId device, Reading[] readings, long from, long through)
    {
        foreach (var day in readings.GroupBy(reading => Sortable.DayOf(reading.At)))
        {
            var chunk = new ReadingChunkWriter();
            foreach (var reading in day)
                chunk.Add(reading);

            var item = AttributeExtensions.Key(HistoryItems.ChunkPartition(device, day.Key), Sortable.Of(from));
            item[HistoryItems.FirstAt] = AttributeExtensions.Of(chunk.FirstAt);
            item[HistoryItems.LastAt] = AttributeExtensions.Of(chunk.LastAt);
            item[HistoryItems.Through] = AttributeExtensions.Of(through);
            item[Names.Body] = AttributeExtensions.Of(chunk.Bytes.ToArray());
            item[Names.Expires] = AttributeExtensions.Of(ExpiryOf(chunk.LastAt, _readingsKept));
            yield return Put(item);
        }
    }

    private async ValueTask<List<TransactWriteItem>> Rollups(DeviceId device, Reading[] readings, long through, CancellationToken cancellation)
    {
        var hours = new Dictionary<long, HourRollups>();
        foreach (var reading in readings)
        {
            var hour = HourRollups.HourOf(reading.At.UnixMilliseconds);
            foreach (var metric in reading.Metrics.Where(metric => metric.Value.Kind != MetricKind.Text))
            {
                if (!hours.TryGetValue(hour, out var rollups))
                    hours.Add(hour, rollups = new HourRollups());

                rollups.Add(metric.Name, reading.At.UnixMilliseconds, metric.Value.Number);
            }
        }

        var writes = new List<TransactWriteItem>();
        foreach (var (hour, rollups) in hours)
        {
            var stored = database.Range(Table.History, HistoryItems.RollupPartition(device), HistoryItems.RollupSort(hour, 0), HistoryItems.HourSort(hour) + Sortable.Last);
            var before = 0;
            await foreach (var part in database.Query(stored, cancellation))
            {
                rollups.Merge(part.Bytes(Names.Body));
                before++;
            }

            var parts = rollups.WriteParts(MostRollupBytes);
            writes.AddRange(parts.Select((body, part) => Rollup(device, hour, part, body, through)));

            // Metrics may be packed closer than before; what is left over must not count twice.
            for (var part = parts.Count; part < before; part++)
                writes.Add(new TransactWriteItem { Delete = new Delete { TableName = database.NameOf(Table.History), Key = AttributeExtensions.Key(HistoryItems.RollupPartition(device), HistoryItems.RollupSort(hour, part)) } });
        }

        return writes;
    }

    private TransactWriteItem Rollup(DeviceId device, long hour, int part, byte[] body, long through)
    {
        var item = AttributeExtensions.Key(HistoryItems.RollupPartition(device), HistoryItems.RollupSort(hour, part));
        item[HistoryItems.Through] = AttributeExtensions.Of(through);
        item[Names.Body] = AttributeExtensions.Of(body);
        item[Names.Expires] = AttributeExtensions.Of(ExpiryOf(hour * HourRollups.HourMilliseconds, _rollupsKept));
        return Put(item);
    }

    private TransactWriteItem StateWrite(DeviceId device, HistoryState before, HistoryState after)
    {
        var put = Put(after.ToItem(device));
        if (before.Through == 0)
        {
            put.Put.ConditionExpression = WriteCondition.IsNew.Expression;
            return put;
        }

        put.Put.ConditionExpression = "#through = :through";
        put.Put.ExpressionAttributeNames = new() { ["#through"] = HistoryItems.Through };
        put.Put.ExpressionAttributeValues = new() { [":through"] = AttributeExtensions.Of(before.Through) };
        return put;
    }

    private TransactWriteItem Put(Item item) => new() { Put = new Put { TableName = database.NameOf(Table.History), Item = item } };

    // By the device's clock, which may be anything: what claims to be of long ago is not gone before it was ever seen, and
    // what claims to be of the future does not stay for ever.
    private long ExpiryOf(long at, TimeSpan kept)
    {
        var now = Instant.From(time.GetUtcNow());
        var measured = new Instant(Math.Clamp(at, (now - kept).UnixMilliseconds, now.UnixMilliseconds));
        return (measured + kept + TimeSpan.FromDays(1)).UnixMilliseconds / 1_000;
    }
}
