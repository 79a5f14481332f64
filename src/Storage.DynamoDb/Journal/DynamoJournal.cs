using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Application;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.DynamoDb.Alerts;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.History;
using OrleansIot.Storage.DynamoDb.Outbox;
using OrleansIot.Storage.DynamoDb.Snapshots;

namespace OrleansIot.Storage.DynamoDb.Journal;

/// <summary>
/// The event log. An append is one conditional write of one item; only where it opens or changes alerts, causes messages, or is
/// the first of a day, it is a transaction.
/// </summary>
internal sealed class DynamoJournal(
    DynamoDatabase database, DynamoDbOptions options, DeviceHeads heads, DeviceIndex index, HistoryUpkeep history, MessagesAdded added, TimeProvider time) : ITwinJournal
{
    private readonly TimeSpan _eventsKept = TimeSpan.FromDays(options.EventRetentionDays);
    private readonly TimeSpan _alertsKept = TimeSpan.FromDays(options.AlertRetentionDays);

    public async ValueTask Append(TwinAppend append, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfZero(append.Events.Length, nameof(append));
        var head = await HeadAt(append.Device, append.AfterVersion, cancellation);
        try
        {
            foreach (var part in AppendPart.Of(append))
            {
                head = await Write(append.Device, head, part, cancellation);
                if (!part.Messages.IsEmpty)
                    added.Announce(part.Messages);
            }
        }
        catch
        {
            heads.Forget(append.Device);
            throw;
        }

        heads.Remember(append.Device, head);
        history.Appended(append.Device, append.Events);
    }

    public async IAsyncEnumerable<JournaledEvent> Read(DeviceId device, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        history.TakenUp(device);
        await foreach (var item in ReadItems(device, afterVersion, cancellation))
        {
            var version = item.FirstVersion;
            foreach (var twinEvent in item.Events())
            {
                if (version > afterVersion)
                    yield return new JournaledEvent(version, twinEvent);

                version++;
            }
        }
    }

    /// <summary>The items that hold the device's events above the version, in order.</summary>
    public async IAsyncEnumerable<LogItem> ReadItems(DeviceId device, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (await heads.LoadDay(device, cancellation) is not { } head)
            yield break;

        foreach (var (day, from) in await DaysFrom(device, head, afterVersion + 1, cancellation))
        {
            // Mostly the version is the end of an append, as a snapshot's is; otherwise the append that goes on beyond it comes first.
            var first = afterVersion + 1;
            if (first > from && await Containing(device, day, first, cancellation) is { } containing && containing.LastVersion >= first && containing.FirstVersion < first)
                yield return containing;

            var items = database.Range(Table.Events, LogItem.PartitionOf(device, day), Sortable.Of(Math.Max(first, from)), Sortable.Last);
            await foreach (var item in database.Query(items, cancellation))
            {
                if (!LogItem.IsSeal(item))
                    yield return LogItem.Read(item);
            }
        }
    }

    private async ValueTask<DeviceHead> HeadAt(DeviceId device, long version, CancellationToken cancellation)
    {
        if (heads.Find(device) is { } known && known.Version == version)
            return known;

        var stored = await heads.Load(device, cancellation);
        return stored.Version == version ? stored : throw new JournalConflictException(device, version, stored.Version);
    }

    /// <returns>The head after it.</returns>
    private async ValueTask<DeviceHead> Write(DeviceId device, DeviceHead head, AppendPart part, CancellationToken cancellation)
    {
        // A clock behind that of the last writer does not lead back to a partition that is sealed.
        var now = Instant.From(time.GetUtcNow());
        var today = Sortable.DayOf(now);
        var day = head.Day > today ? head.Day.Value : today;
        var log = new LogItem(head.Version + 1, part.Events.Length, LogItem.Encode(part.Events.AsSpan()), Guid.NewGuid().ToString("N"), day == head.Day ? null : head.Day);
        if (log.Body.Length > AppendPart.ItemLimit)
            throw new StoreException($"An event of {device} takes {log.Body.Length} bytes, and an item of DynamoDB {AppendPart.ItemLimit} at most.");

        var item = log.ToItem(device, day, now + _eventsKept);
        var isNewDay = day != head.Day;
        List<TransactWriteItem> rows = [.. Rows(log, part)];
        if (isNewDay || rows.Count > 0)
            await WriteAll(device, log, day, [new TransactWriteItem { Put = NewItem(Table.Events, item) }, .. isNewDay ? OpenDay(device, head, log, day, now) : []], rows, cancellation);
        else if (!await database.Put(Table.Events, item, WriteCondition.IsNew, cancellation))
            await UnlessItIsOurs(device, log, day, cancellation);

        return isNewDay ? new DeviceHead(log.LastVersion, day, log.FirstVersion, head.Day) : head with { Version = log.LastVersion };
    }

    private IEnumerable<TransactWriteItem> Rows(LogItem log, AppendPart part) =>
        AlertItem.Writes(database.NameOf(Table.Alerts), part.Events, _alertsKept)
            .Concat(part.Messages.Select((message, place) => OutboxItem.Write(database.NameOf(Table.Outbox), message, log.FirstVersion, place)));

    private Put NewItem(Table table, Dictionary<string, AttributeValue> item) =>
        new() { TableName = database.NameOf(table), Item = item, ConditionExpression = WriteCondition.IsNew.Expression };

    private IEnumerable<TransactWriteItem> OpenDay(DeviceId device, DeviceHead head, LogItem log, DateOnly day, Instant now)
    {
        var newHead = DeviceHeads.ToItem(device, day, log.FirstVersion, head.Day);
        if (head.Day is not { } before)
        {
            yield return new TransactWriteItem { Put = NewItem(Table.Twins, newHead) };
            yield return new TransactWriteItem { Put = index.Entry(device) };
            yield break;
        }

        yield return new TransactWriteItem { Put = NewItem(Table.Events, LogItem.Seal(device, before, log.FirstVersion, now + _eventsKept)) };
        yield return new TransactWriteItem
        {
            Put = new Put
            {
                TableName = database.NameOf(Table.Twins),
                Item = newHead,
                ConditionExpression = "#day = :before",
                ExpressionAttributeNames = new() { ["#day"] = DeviceHeads.Day },
                ExpressionAttributeValues = new() { [":before"] = AttributeExtensions.Of(Sortable.Of(before)) },
            },
        };
    }

    private async ValueTask WriteAll(DeviceId device, LogItem log, DateOnly day, List<TransactWriteItem> events, List<TransactWriteItem> rows, CancellationToken cancellation)
    {
        var token = log.Token;
        while (true)
        {
            var refused = await database.Transact([.. events, .. rows], token, cancellation);
            if (refused.Count == 0)
                return;

            if (refused[0] < events.Count)
            {
                await UnlessItIsOurs(device, log, day, cancellation);
                return;
            }

            // A message that was decided before is not decided again, and an alert that has expired does not come back; the rest stands.
            foreach (var place in refused.Reverse())
                rows.RemoveAt(place - events.Count);

            token = Guid.NewGuid().ToString("N");
        }
    }

    // The answer to the first attempt may have been lost on the way: then the item that stands in the way is the very one.
    private async ValueTask UnlessItIsOurs(DeviceId device, LogItem log, DateOnly day, CancellationToken cancellation)
    {
        var standing = await database.Get(Table.Events, LogItem.PartitionOf(device, day), Sortable.Of(log.FirstVersion), cancellation);
        if (standing is not null && LogItem.TokenOf(standing) == log.Token)
            return;

        throw new JournalConflictException(device, log.FirstVersion - 1, (await heads.Load(device, cancellation)).Version);
    }

    /// <summary>The partitions from that of the version to the last, each with the first version in it.</summary>
    private async ValueTask<IEnumerable<(DateOnly Day, long From)>> DaysFrom(DeviceId device, DeviceHead head, long version, CancellationToken cancellation)
    {
        var days = new Stack<(DateOnly, long)>();
        var (day, from, previous) = (head.Day!.Value, head.From, head.Previous);
        days.Push((day, from));
        while (version < from && previous is { } earlier)
        {
            var all = database.Range(Table.Events, LogItem.PartitionOf(device, earlier), Sortable.First, Sortable.Last);
            if (await database.First(all, cancellation) is not { } item || LogItem.IsSeal(item))
                break; // Expired, and what was before it too.

            var first = LogItem.Read(item);
            (from, previous) = (first.FirstVersion, first.Previous);
            days.Push((earlier, from));
        }

        return days;
    }

    private async ValueTask<LogItem?> Containing(DeviceId device, DateOnly day, long version, CancellationToken cancellation)
    {
        var before = database.Range(Table.Events, LogItem.PartitionOf(device, day), Sortable.First, Sortable.Of(version), backwards: true);
        return await database.First(before, cancellation) is { } item && !LogItem.IsSeal(item) ? LogItem.Read(item) : null;
    }
}
