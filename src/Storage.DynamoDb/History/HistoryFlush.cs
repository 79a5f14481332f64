using Amazon.DynamoDBv2.Model;
using OrleansIot.Application.History;
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
internal sealed class HistoryFlush(DynamoDatabase database, Func<DeviceId, long, CancellationToken, IAsyncEnumerable<LogItem>> readLog, RetentionMarks retention, HistoryRetention kept, TimeProvider time)
{
    // A transaction has at most 100 writes and 4 MB.
    private const int MostWrites = 90;
    private const int MostBytes = 3 * 1_024 * 1_024;

    // Below the 400 KB of an item, its other attributes included. The log's events are at least as long as their chunk.
    private const int MostLogBytes = 256 * 1_024;
    private const int MostRollupBytes = 350 * 1_024;

    // A whole block of quarter-hours: each write costs, and a coarse block is then written once or twice in its life.
    private const int HoursFoldedTogether = 12;

    // Some ten blocks: a device that is far behind comes up to date with its next flushes.
    private const int HoursAtOnce = 48;

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
        var (rollups, coarseBefore) = await Rollups(device, state, readings, through, cancellation);
        var size = writes.Concat(rollups).Sum(write => write.Put?.Item[Names.Body].B.Length ?? 0);
        if ((writes.Count + rollups.Count > MostWrites || size > MostBytes) && events.Count > 1)
        {
            // A backlog that spans days: half of it at a time.
            var half = events.Count / 2;
            return await Write(device, state, events[..half], cancellation) is { } middle ? await Write(device, middle, events[half..], cancellation) : null;
        }

        var floor = Sortable.DayOf(retention.Kept.OfAny(HistoryResolution.Raw));
        var days = state.Days.Concat(readings.Select(reading => Sortable.DayOf(reading.At))).Distinct().Where(day => day >= floor);
        var after = new HistoryState(through, [.. days], coarseBefore);
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
            item[Names.Expires] = AttributeExtensions.Of(ExpiryOf(chunk.LastAt, kept.Longest(HistoryResolution.Raw)));
            yield return Put(item);
        }
    }

    private async ValueTask<(List<TransactWriteItem> Writes, long? CoarseBefore)> Rollups(DeviceId device, HistoryState state, Reading[] readings, long through, CancellationToken cancellation)
    {
        var writes = new List<TransactWriteItem>();
        var added = new ChunkRollups();
        foreach (var reading in readings)
            added.Add(reading);

        if (added.Hours.Count == 0)
            return (writes, state.CoarseBefore);

        var target = CoarseRollups.Target(added.LastAt, added.LastReceivedAt, HoursFoldedTogether, delay: 0);
        var before = state.CoarseBefore ?? await FirstHour(device, cancellation) ?? Math.Min(target, added.Hours.Keys.Min());
        var coarse = new CoarseRollups();
        foreach (var late in added.Hours.Where(hour => hour.Key < before))
            coarse.Fold(late.Key, late.Value);

        // After that they are whole: what was stored of the hour is in them.
        foreach (var (hour, minutes) in added.Hours)
            await Add(writes, device, RollupLevel.Minute, hour, minutes, through, cancellation);

        var until = Math.Min(target, before + HoursAtOnce);
        if (until > before)
        {
            await Fold(device, before, until, added.Hours, coarse, cancellation);
            before = until;
        }

        foreach (var ((level, block), rollups) in coarse.Blocks)
            await Add(writes, device, level, block, rollups, through, cancellation);

        return (writes, before);
    }

    /// <summary>That of a device which a release without coarse roll-ups has written to: each flush folds some hours of its past.</summary>
    private async ValueTask<long?> FirstHour(DeviceId device, CancellationToken cancellation)
    {
        var partition = HistoryItems.RollupPartition(device, RollupLevel.Minute);
        await foreach (var first in database.Query(database.Range(Table.History, partition, Sortable.First, Sortable.Last), cancellation))
            return HistoryItems.BlockOf(RollupLevel.Minute, first);

        return null;
    }

    private async ValueTask Fold(DeviceId device, long from, long until, IReadOnlyDictionary<long, RollupBlock> known, CoarseRollups coarse, CancellationToken cancellation)
    {
        var stored = new Dictionary<long, RollupBlock>();
        var range = database.Range(
            Table.History, HistoryItems.RollupPartition(device, RollupLevel.Minute), HistoryItems.RollupSort(RollupLevel.Minute, from, 0), HistoryItems.BlockSort(RollupLevel.Minute, until - 1) + Sortable.Last);
        await foreach (var part in database.Query(range, cancellation))
        {
            var hour = HistoryItems.BlockOf(RollupLevel.Minute, part);
            if (known.ContainsKey(hour))
                continue;

            if (!stored.TryGetValue(hour, out var minutes))
                stored.Add(hour, minutes = new RollupBlock(RollupLevel.Minute));

            minutes.Merge(part.Bytes(Names.Body));
        }

        foreach (var (hour, minutes) in stored.Concat(known.Where(hour => hour.Key >= from && hour.Key < until)))
            coarse.Fold(hour, minutes);
    }

    /// <summary>Merges what is stored of the block into it, and writes it.</summary>
    private async ValueTask Add(List<TransactWriteItem> writes, DeviceId device, RollupLevel level, long block, RollupBlock rollups, long through, CancellationToken cancellation)
    {
        var partition = HistoryItems.RollupPartition(device, level);
        var stored = database.Range(Table.History, partition, HistoryItems.RollupSort(level, block, 0), HistoryItems.BlockSort(level, block) + Sortable.Last);
        var before = 0;
        await foreach (var part in database.Query(stored, cancellation))
        {
            rollups.Merge(part.Bytes(Names.Body));
            before++;
        }

        var parts = rollups.WriteParts(MostRollupBytes);
        for (var part = 0; part < parts.Count; part++)
        {
            var item = AttributeExtensions.Key(partition, HistoryItems.RollupSort(level, block, part));
            item[HistoryItems.Through] = AttributeExtensions.Of(through);
            item[Names.Body] = AttributeExtensions.Of(parts[part]);
            item[Names.Expires] = AttributeExtensions.Of(ExpiryOf(((block + 1) * level.BlockLength) - level.Unit, kept.Longest(level.Resolution)));
            writes.Add(Put(item));
        }

        // Metrics may be packed closer than before; what is left over must not count twice.
        for (var part = parts.Count; part < before; part++)
            writes.Add(new TransactWriteItem { Delete = new Delete { TableName = database.NameOf(Table.History), Key = AttributeExtensions.Key(partition, HistoryItems.RollupSort(level, block, part)) } });
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
