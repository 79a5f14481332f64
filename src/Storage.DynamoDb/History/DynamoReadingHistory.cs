using System.Text;
using OrleansIot.Application;
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

    public async ValueTask<Series> Query(SeriesQuery query, CancellationToken cancellation)
    {
        var plan = SeriesPlan.For(query, retention.ReadingsFrom);
        var keptFrom = (plan.FromRollups ? retention.RollupsFrom : retention.ReadingsFrom).UnixMilliseconds;
        if (plan.Buckets == 0)
            return new SeriesBuckets(plan, query.Metric, keptFrom).ToSeries();

        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var state = await HistoryState.Load(database, query.Device, cancellation);
            var buckets = new SeriesBuckets(plan, query.Metric, keptFrom);
            await foreach (var (_, reading) in Tail(query.Device, state, cancellation))
                buckets.Add(reading);

            var isWhole = true;
            if (plan.FromRollups)
                isWhole = await AddRollups(query, plan, state, buckets, cancellation) && (await HistoryState.Load(database, query.Device, cancellation)).Through == state.Through;
            else
                await AddChunks(query.Device, plan, state, buckets, cancellation);

            if (isWhole)
                return buckets.ToSeries();
        }

        throw new StoreException($"The history of {query.Device} was being written each time it was read.", isTransient: true);
    }

    public async ValueTask<IReadOnlyList<Reading>> Readings(DeviceId device, Instant from, Instant to, int limit, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var first = Math.Max(from.UnixMilliseconds, retention.ReadingsFrom.UnixMilliseconds);
        if (first >= to.UnixMilliseconds)
            return [];

        var newest = new NewestReadings(first, to.UnixMilliseconds, limit);
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

    public ValueTask Expire(Instant readingsBefore, Instant rollupsBefore, CancellationToken cancellation) => retention.Raise(readingsBefore, rollupsBefore, cancellation);

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

    private async ValueTask AddChunks(DeviceId device, SeriesPlan plan, HistoryState state, SeriesBuckets buckets, CancellationToken cancellation)
    {
        foreach (var day in DaysOf(state, plan.From, plan.To))
        {
            await foreach (var chunk in Chunks(device, day, state, plan.From, plan.To, cancellation))
                buckets.AddChunk(chunk.Bytes(Names.Body));
        }
    }

    /// <returns>False: some of them are newer than the state.</returns>
    private async ValueTask<bool> AddRollups(SeriesQuery query, SeriesPlan plan, HistoryState state, SeriesBuckets buckets, CancellationToken cancellation)
    {
        var name = Encoding.UTF8.GetBytes(query.Metric.Value);
        var minutes = new MinuteRollup[HourRollups.Minutes];
        var hours = database.Range(
            Table.History,
            HistoryItems.RollupPartition(query.Device),
            HistoryItems.HourSort(HourRollups.HourOf(plan.From)),
            HistoryItems.HourSort(HourRollups.HourOf(plan.To - 1)) + Sortable.Last);
        await foreach (var hour in database.Query(hours, cancellation))
        {
            if (hour.Number(HistoryItems.Through) > state.Through)
                return false;

            if (HourRollups.TryRead(hour.Bytes(Names.Body), name, minutes))
                buckets.AddHour(HistoryItems.HourOf(hour), minutes);
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
