using Amazon.DynamoDBv2.Model;
using Microsoft.Extensions.Logging;
using OrleansIot.Application;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Outbox;

/// <summary>
/// The table of messages. The first question for due ones makes this process one of those that would deliver; of these, the
/// holder of the lease is given messages, and each message once per attempt (<see cref="Claim"/>).
/// </summary>
/// <remarks>
/// What waits is found by an index, which lags behind, and then read from the table itself: a message that was delivered a
/// moment ago is never given out again.
/// </remarks>
internal sealed partial class DynamoOutbox(
    DynamoDatabase database, DynamoDbOptions options, MessagesAdded added, DispatcherLease lease, TimeProvider time, ILogger log) : IOutbox, IAsyncDisposable
{
    // How many keys the index is asked for beyond those wanted: those that it lists but that are done already.
    private const int Spare = 20;

    private readonly TimeSpan _kept = TimeSpan.FromDays(options.AlertRetentionDays);
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _starting = new(1);
    private Task? _watching;
    private bool _disposed;

    public async ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation)
    {
        await Start(cancellation);
        return lease.IsHeld ? await Pending(now, limit, cancellation) : [];
    }

    public async ValueTask<Instant?> NextDue(CancellationToken cancellation)
    {
        await Start(cancellation);
        return lease.IsHeld && await Pending(Instant.MaxValue, 1, cancellation) is [var first, ..] ? first.DueAt : null;
    }

    public ValueTask<bool> Claim(Delivery delivery, Instant until, CancellationToken cancellation)
    {
        // Being due moves to the end of the claim: whoever dies with it leaves a message that is due again by itself.
        // The number of attempts and the moment that was read tell whether anybody has touched it since. The answer to this may
        // be lost too: then the message waits until the end of the claim, which is late, and not twice.
        var update = Change(delivery.Message, "SET #due = :until", "#status = :pending AND #attempts = :attempts AND begins_with(#due, :read)");
        update.ExpressionAttributeNames["#attempts"] = OutboxItem.Attempts;
        update.ExpressionAttributeNames["#due"] = OutboxItem.Due;
        update.ExpressionAttributeValues[":attempts"] = AttributeExtensions.Of(delivery.Attempts);
        update.ExpressionAttributeValues[":read"] = AttributeExtensions.Of(Sortable.Of(delivery.DueAt));
        update.ExpressionAttributeValues[":until"] = AttributeExtensions.Of(OutboxItem.DueOf(until, delivery.Message.Id));
        return database.Update(update, cancellation);
    }

    public async ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation)
    {
        var isPending = status == DeliveryStatus.Pending;
        var sets = "SET #status = :status, #attempts = :attempts, #due = :due, #last = :last, #outcome = :outcome";

        // What is done stays done, whatever a process that lost its lease comes along with.
        var update = Change(message, isPending ? sets : $"{sets}, #expires = :expires REMOVE #shard", "#status = :pending AND #attempts <= :attempts");
        var (names, values) = (update.ExpressionAttributeNames, update.ExpressionAttributeValues);
        names["#attempts"] = OutboxItem.Attempts;
        names["#due"] = OutboxItem.Due;
        names["#last"] = OutboxItem.LastAttempt;
        names["#outcome"] = OutboxItem.Outcome;
        values[":status"] = AttributeExtensions.Of((long)status);
        values[":attempts"] = AttributeExtensions.Of(attempts);
        values[":due"] = AttributeExtensions.Of(OutboxItem.DueOf(dueAt, message.Id));
        values[":last"] = AttributeExtensions.Of(at.UnixMilliseconds);
        values[":outcome"] = AttributeExtensions.Of(outcome);
        if (!isPending)
        {
            names["#expires"] = Names.Expires;
            names["#shard"] = OutboxItem.PendingShard;
            values[":expires"] = AttributeExtensions.Of((at + _kept).UnixMilliseconds / 1_000);
        }

        await database.Update(update, cancellation);
    }

    public async ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation)
    {
        var items = await database.Query(database.Range(Table.Outbox, alert.ToString(), Sortable.First, Sortable.Last), cancellation).ToListAsync(cancellation);
        return [.. items.OrderBy(item => item.Text(OutboxItem.Sequence), StringComparer.Ordinal).Select(OutboxItem.Read)];
    }

    public async ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation)
    {
        var keys = await Keys(Names.Recent, OutboxItem.RecentGroup, OutboxItem.RecentShard, OutboxItem.Sequence, Sortable.Last, limit, newestFirst: true, cancellation);
        var newest = keys.OrderByDescending(key => key.Text(OutboxItem.Sequence), StringComparer.Ordinal).Take(limit);
        var items = await database.Get(Table.Outbox, [.. newest.Select(KeyOf)], cancellation);
        return [.. items.OrderByDescending(item => item.Text(OutboxItem.Sequence), StringComparer.Ordinal).Select(OutboxItem.Read)];
    }

    public Task Added(CancellationToken cancellation) => added.Next.WaitAsync(cancellation);

    /// <summary>May be called again: a container disposes of a port that it was asked for, and so does the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;

        await _stopping.CancelAsync();
        if (_watching is not null)
        {
            await _watching;
            try
            {
                await lease.Release(CancellationToken.None);
            }
            catch (StoreException e)
            {
                // The others take it when it falls silent.
                LogWatchFailed(e);
            }
        }

        _stopping.Dispose();
        _starting.Dispose();
    }

    private Update Change(OutboxMessage message, string update, string condition) => new()
    {
        TableName = database.NameOf(Table.Outbox),
        Key = OutboxItem.KeyOf(message),
        UpdateExpression = update,
        ConditionExpression = condition,
        ExpressionAttributeNames = new() { ["#status"] = OutboxItem.Status },
        ExpressionAttributeValues = new() { [":pending"] = AttributeExtensions.Of((long)DeliveryStatus.Pending) },
    };

    /// <summary>In order of the moment at which they are due.</summary>
    private async ValueTask<IReadOnlyList<Delivery>> Pending(Instant until, int limit, CancellationToken cancellation)
    {
        var keys = await Keys(Names.Pending, OutboxItem.PendingGroup, OutboxItem.PendingShard, OutboxItem.Due, Sortable.Of(until) + Sortable.Last, limit + Spare, newestFirst: false, cancellation);
        var wanted = keys.Select(KeyOf).Concat(added.Fresh().Select(OutboxItem.KeyOf)).DistinctBy(key => (key.Partition(), key.Sort())).ToArray();
        var items = await database.Get(Table.Outbox, wanted, cancellation);
        return
        [
            .. items.Where(item => item.ContainsKey(OutboxItem.PendingShard))
                .OrderBy(item => item.Text(OutboxItem.Due), StringComparer.Ordinal)
                .Select(OutboxItem.Read)
                .Where(delivery => delivery.DueAt <= until)
                .Take(limit),
        ];
    }

    /// <summary>The first keys of each shard of an index.</summary>
    private async ValueTask<List<Item>> Keys(
        string index, string group, string partition, string sort, string upTo, int limit, bool newestFirst, CancellationToken cancellation)
    {
        var shards = Shards.All(group, OutboxItem.ShardCount).Select(async shard =>
        {
            var query = database.Range(Table.Outbox, index, partition, shard, sort, Sortable.First, upTo, newestFirst);
            query.Limit = limit;
            return await database.Query(query, cancellation).Take(limit).ToListAsync(cancellation);
        });
        return [.. (await Task.WhenAll(shards)).SelectMany(keys => keys)];
    }

    private static Item KeyOf(Item item) => AttributeExtensions.Key(item.Partition(), item.Sort());

    private async ValueTask Start(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _watching) is not null)
            return;

        await _starting.WaitAsync(cancellation);
        try
        {
            if (_watching is not null)
                return;

            await lease.Look(cancellation);
            Volatile.Write(ref _watching, Watch(_stopping.Token));
        }
        finally
        {
            _starting.Release();
        }
    }

    // Keeps the lease or waits for it; the holder also looks for what other processes have added.
    private async Task Watch(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(DispatcherLease.LookInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                await Look(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is closed.
        }
    }

    private async ValueTask Look(CancellationToken stopping)
    {
        try
        {
            await lease.Look(stopping);
            if (lease.IsHeld && await Keys(Names.Pending, OutboxItem.PendingGroup, OutboxItem.PendingShard, OutboxItem.Due, Sortable.Of(Instant.From(time.GetUtcNow())) + Sortable.Last, 1, newestFirst: false, stopping) is [_, ..])
                added.Ring();
        }
        catch (StoreException e)
        {
            LogWatchFailed(e);
        }
    }

    [LoggerMessage(3110, LogLevel.Warning, "Looking after the outbox failed; tried again in a second")]
    private partial void LogWatchFailed(Exception exception);
}
