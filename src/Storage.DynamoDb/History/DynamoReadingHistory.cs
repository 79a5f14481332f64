using System.Text;
using OrleansIot.Application;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Chunks;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.History.Rollups;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.Journal;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>Stored chunks and roll-ups, and from the log what is not in them yet. Any process answers for any device.</summary>
internal sealed class DynamoReadingHistory(
    DynamoDatabase database, Func<DeviceId, long, CancellationToken, IAsyncEnumerable<LogItem>> readLog, RetentionMarks retention) : IReadingHistory
{
    // Between two reads a flush may move readings from the log to the history; a device is flushed every few minutes at most.
    private const int Attempts = 5;

    public ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation) =>
        SeriesGathering.Answer(query, retention.Kept, plan => Gather(query, plan, cancellation));

    public async ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var kept = new KeptMetrics(retention.Kept);
        var first = Math.Max(from.UnixMilliseconds, kept.From.UnixMilliseconds);
        if (first >= to.UnixMilliseconds)
            return [];

        var newest = new NewestReadings(first, to.UnixMilliseconds, limit, kept);
        var state = await HistoryState.Load(database, device, cancellation);
        await foreach (var (version, reading) in Tail(device, state, cancellation))
            newest.Add(reading, version);

        foreach (var day in DaysOf(state, first, to.UnixMilliseconds).OrderDescending())
        {
            if (newest.IsBeyond(Instant.From(day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)).UnixMilliseconds - 1))
                break;

            await foreach (var chunk in Chunks(device, day, state, first, to.UnixMilliseconds, cancellation))
            {
                if (!newest.IsBeyond(chunk.Number(HistoryItems.LastAt)))
                    newest.AddChunk(chunk.Bytes(Names.Body), Sortable.ToVersion(chunk.Sort()));
            }
        }

        return newest.InOrder();
    }

    public async ValueTask<IReadOnlyList<Reading>> Oldest(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var kept = new KeptMetrics(retention.Kept);
        var first = Math.Max(from.UnixMilliseconds, kept.From.UnixMilliseconds);
        if (first >= to.UnixMilliseconds)
            return [];

        var oldest = new OldestReadings(first, to.UnixMilliseconds, limit, kept);
        var state = await HistoryState.Load(database, device, cancellation);
        await foreach (var (version, reading) in Tail(device, state, cancellation))
            oldest.Add(reading, version);

        foreach (var day in DaysOf(state, first, to.UnixMilliseconds).Order())
        {
            if (oldest.IsBeyond(Instant.From(day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc)).UnixMilliseconds))
                break;

            await foreach (var chunk in Chunks(device, day, state, first, to.UnixMilliseconds, cancellation))
                oldest.AddChunk(chunk.Bytes(Names.Body), Sortable.ToVersion(chunk.Sort()));
        }

        return oldest.InOrder();
    }

    public ValueTask Expire(KeptSince kept, CancellationToken cancellation) => retention.Raise(kept, cancellation);

    private async ValueTask<SeriesGathering> Gather(SeriesQuery query, SeriesPlan plan, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var state = await HistoryState.Load(database, query.Device, cancellation);
            var gathered = SeriesGathering.For(plan, query.Metric);
            await foreach (var (version, reading) in Tail(query.Device, state, cancellation))
                gathered.Add(reading, version);

            if (plan.Level is null)
            {
                await AddChunks(query.Device, plan, state, gathered, cancellation);
                return gathered;
            }

            if (await AddRollups(query, plan, state, gathered, cancellation) && (await HistoryState.Load(database, query.Device, cancellation)).Through == state.Through)
                return gathered;
        }

        throw new StoreException($"The history of {query.Device} was being written each time it was read.", isTransient: true);
    }

    private async IAsyncEnumerable<(long Version, Reading Reading)> Tail(
        DeviceId device, HistoryState state, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in readLog(device, state.Through, cancellation))
        {
            var version = item.FirstVersion;
            foreach (var twinEvent in item.Events())
            {
                if (version > state.Through && twinEvent is TwinEvent.ReadingRecorded recorded)
                    yield return (version, recorded.Reading);

                version++;
            }
        }
    }

    private async ValueTask AddChunks(DeviceId device, SeriesPlan plan, HistoryState state, SeriesGathering gathered, CancellationToken cancellation)
    {
        foreach (var day in DaysOf(state, Math.Max(plan.From, plan.KeptFrom), plan.To))
        {
            await foreach (var chunk in Chunks(device, day, state, plan.From, plan.To, cancellation))
            {
                gathered.AddChunk(chunk.Bytes(Names.Body), Sortable.ToVersion(chunk.Sort()));
                if (gathered.IsTooMuch)
                    return;
            }
        }
    }

    /// <returns>False: some of them are newer than the state.</returns>
    private async ValueTask<bool> AddRollups(SeriesQuery query, SeriesPlan plan, HistoryState state, SeriesGathering gathered, CancellationToken cancellation)
    {
        var firstHour = RollupLevel.Minute.BlockOf(plan.From);
        if (plan.Level is { } level && level != RollupLevel.Minute)
        {
            if (!await AddBlocks(query, level, level.BlockOf(plan.From), level.BlockOf(plan.To - 1), state, gathered, cancellation))
                return false;

            firstHour = Math.Max(firstHour, state.CoarseBefore ?? long.MinValue);
        }

        return await AddBlocks(query, RollupLevel.Minute, firstHour, RollupLevel.Minute.BlockOf(plan.To - 1), state, gathered, cancellation);
    }

    private async ValueTask<bool> AddBlocks(SeriesQuery query, RollupLevel level, long first, long last, HistoryState state, SeriesGathering gathered, CancellationToken cancellation)
    {
        if (first > last)
            return true;

        var name = Encoding.UTF8.GetBytes(query.Metric.Value);
        var units = new Rollup[level.Units];
        var blocks = database.Range(
            Table.History, HistoryItems.RollupPartition(query.Device, level), HistoryItems.BlockSort(level, first), HistoryItems.BlockSort(level, last) + Sortable.Last);
        await foreach (var block in database.Query(blocks, cancellation))
        {
            if (block.Number(HistoryItems.Through) > state.Through)
                return false;

            if (RollupBlock.TryRead(block.Bytes(Names.Body), name, units))
                gathered.AddBlock(level, HistoryItems.BlockOf(level, block), units);
        }

        return true;
    }

    private static IEnumerable<DateOnly> DaysOf(HistoryState state, long from, long to)
    {
        var (first, last) = (DayOf(from), DayOf(to - 1));
        return state.Days.Where(day => day >= first && day <= last);
    }

    private static DateOnly DayOf(long at) => Sortable.DayOf(new Instant(Math.Clamp(at, Instant.MinValue.UnixMilliseconds, Instant.MaxValue.UnixMilliseconds)));

    /// <summary>Those that the state speaks of: what a flush has added since covers events that were read from the log.</summary>
    private IAsyncEnumerable<Item> Chunks(DeviceId device, DateOnly day, HistoryState state, long from, long to, CancellationToken cancellation)
    {
        var chunks = database.Range(Table.History, HistoryItems.ChunkPartition(device, day), Sortable.First, Sortable.Of(state.Through));
        chunks.FilterExpression = "#last >= :first AND #first < :end";
        chunks.ExpressionAttributeNames = new() { ["#last"] = HistoryItems.LastAt, ["#first"] = HistoryItems.FirstAt };
        chunks.ExpressionAttributeValues[":first"] = AttributeExtensions.Of(from);
        chunks.ExpressionAttributeValues[":end"] = AttributeExtensions.Of(to);
        return database.Query(chunks, cancellation);
    }
}
