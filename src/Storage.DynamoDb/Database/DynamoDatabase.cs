using System.Runtime.CompilerServices;
using Amazon;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using OrleansIot.Application;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>
/// Requests to DynamoDB, each with a bounded number of attempts. Reads are consistent unless they are of a global index, which
/// cannot be. A write that is tried again may find its own first attempt: whoever makes it conditional must recognise that.
/// </summary>
internal sealed class DynamoDatabase : IDisposable
{
    public const string ConditionFailedCode = "ConditionalCheckFailed";

    private const int MaxKeysPerRead = 100;
    private const int MaxItemsPerWrite = 25;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly AmazonDynamoDBClient _client;
    private readonly DynamoDbOptions _options;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _underWay;

    public DynamoDatabase(DynamoDbOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _client = Connect(options);
        _underWay = new SemaphoreSlim(options.MaxConcurrentRequests);
    }

    public IAmazonDynamoDB Client => _client;

    public string NameOf(Table table) => _options.TablePrefix + table switch
    {
        Table.Events => "events",
        Table.Twins => "twins",
        Table.History => "history",
        Table.Alerts => "alerts",
        Table.Outbox => "outbox",
        Table.Sessions => "sessions",
        _ => "rules",
    };

    public async ValueTask<Item?> Get(Table table, string partition, string sort, CancellationToken cancellation)
    {
        var request = new GetItemRequest { TableName = NameOf(table), Key = AttributeExtensions.Key(partition, sort), ConsistentRead = true };
        var response = await Send(token => _client.GetItemAsync(request, token), "read an item", cancellation);
        return response.Item is { Count: > 0 } item ? item : null;
    }

    /// <summary>False: the condition does not hold. True may also be the answer to a repeat.</summary>
    public async ValueTask<bool> Put(Table table, Item item, WriteCondition? condition, CancellationToken cancellation)
    {
        var request = new PutItemRequest
        {
            TableName = NameOf(table),
            Item = item,
            ConditionExpression = condition?.Expression,
            ExpressionAttributeNames = condition?.AttributeNames,
            ExpressionAttributeValues = condition?.Values,
        };
        return await IfConditionHolds(Send(token => _client.PutItemAsync(request, token), "write an item", cancellation));
    }

    public async ValueTask<bool> Update(Update update, CancellationToken cancellation)
    {
        var request = new UpdateItemRequest
        {
            TableName = update.TableName,
            Key = update.Key,
            UpdateExpression = update.UpdateExpression,
            ConditionExpression = update.ConditionExpression,
            ExpressionAttributeNames = update.ExpressionAttributeNames,
            ExpressionAttributeValues = update.ExpressionAttributeValues,
        };
        return await IfConditionHolds(Send(token => _client.UpdateItemAsync(request, token), "change an item", cancellation));
    }

    /// <summary>Whether there was such an item.</summary>
    public async ValueTask<bool> Delete(Table table, string partition, string sort, CancellationToken cancellation)
    {
        var request = new DeleteItemRequest { TableName = NameOf(table), Key = AttributeExtensions.Key(partition, sort), ReturnValues = ReturnValue.ALL_OLD };
        var response = await Send(token => _client.DeleteItemAsync(request, token), "delete an item", cancellation);
        return response.Attributes is { Count: > 0 };
    }

    /// <summary>False: there is no such item, or the condition does not hold of it.</summary>
    public async ValueTask<bool> Delete(Table table, string partition, string sort, WriteCondition condition, CancellationToken cancellation)
    {
        var request = new DeleteItemRequest
        {
            TableName = NameOf(table),
            Key = AttributeExtensions.Key(partition, sort),
            ConditionExpression = condition.Expression,
            ExpressionAttributeNames = condition.AttributeNames,
            ExpressionAttributeValues = condition.Values,
        };
        return await IfConditionHolds(Send(token => _client.DeleteItemAsync(request, token), "delete an item", cancellation));
    }

    /// <summary>All of the writes or none.</summary>
    /// <param name="token">Of these very writes: a repeat under it is recognised by the service for some minutes.</param>
    /// <returns>The places of the writes whose condition does not hold; none: it is done.</returns>
    public async ValueTask<IReadOnlyList<int>> Transact(List<TransactWriteItem> writes, string token, CancellationToken cancellation)
    {
        var request = new TransactWriteItemsRequest { TransactItems = writes, ClientRequestToken = token };
        try
        {
            await Send(stop => _client.TransactWriteItemsAsync(request, stop), "write a transaction", cancellation);
            return [];
        }
        catch (TransactionCanceledException e)
        {
            return [.. e.CancellationReasons.Index().Where(reason => reason.Item.Code == ConditionFailedCode).Select(reason => reason.Index)];
        }
    }

    /// <summary>Items of one partition by their sort key, both ends included, read consistently.</summary>
    public QueryRequest Range(Table table, string partition, string from, string to, bool backwards = false) => new()
    {
        TableName = NameOf(table),
        ConsistentRead = true,
        ScanIndexForward = !backwards,
        KeyConditionExpression = $"{Names.Partition} = :partition AND {Names.Sort} BETWEEN :from AND :to",
        ExpressionAttributeValues = new() { [":partition"] = AttributeExtensions.Of(partition), [":from"] = AttributeExtensions.Of(from), [":to"] = AttributeExtensions.Of(to) },
    };

    /// <summary>Items of one partition of an index.</summary>
    /// <param name="partitionName">Attribute that is the index's partition; likewise <paramref name="sortName"/>.</param>
    public QueryRequest Range(Table table, string index, string partitionName, string partition, string sortName, string from, string to, bool backwards = false) => new()
    {
        TableName = NameOf(table),
        IndexName = index,
        ScanIndexForward = !backwards,
        KeyConditionExpression = "#partition = :partition AND #sort BETWEEN :from AND :to",
        ExpressionAttributeNames = new() { ["#partition"] = partitionName, ["#sort"] = sortName },
        ExpressionAttributeValues = new() { [":partition"] = AttributeExtensions.Of(partition), [":from"] = AttributeExtensions.Of(from), [":to"] = AttributeExtensions.Of(to) },
    };

    /// <summary>All items of the query, page after page as they are asked for.</summary>
    public async IAsyncEnumerable<Item> Query(QueryRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            var page = await Page(request, cancellation);
            foreach (var item in page.Items ?? [])
                yield return item;

            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
    }

    /// <summary>All items of a table in no order, page after page as they are asked for.</summary>
    public async IAsyncEnumerable<Item> Scan(ScanRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            var page = await Send(token => _client.ScanAsync(request, token), "read a table", cancellation);
            foreach (var item in page.Items ?? [])
                yield return item;

            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
    }

    /// <summary>The first item of the query.</summary>
    public async ValueTask<Item?> First(QueryRequest request, CancellationToken cancellation)
    {
        request.Limit = 1;
        return (await Page(request, cancellation)).Items is [var item, ..] ? item : null;
    }

    /// <summary>The items that there are, in any order.</summary>
    public async ValueTask<List<Item>> Get(Table table, IReadOnlyCollection<Item> keys, CancellationToken cancellation)
    {
        var items = new List<Item>(keys.Count);
        foreach (var chunk in keys.Chunk(MaxKeysPerRead))
        {
            List<Item> wanted = [.. chunk];
            for (var attempt = 1; wanted.Count > 0; attempt++)
            {
                await PauseBefore(attempt, "read all items of a batch", cancellation);
                var request = new BatchGetItemRequest
                {
                    RequestItems = new() { [NameOf(table)] = new KeysAndAttributes { Keys = wanted, ConsistentRead = true } },
                };
                var response = await Send(token => _client.BatchGetItemAsync(request, token), "read a batch", cancellation);
                items.AddRange(response.Responses?.GetValueOrDefault(NameOf(table)) ?? []);
                var left = response.UnprocessedKeys?.GetValueOrDefault(NameOf(table))?.Keys ?? [];
                attempt = left.Count < wanted.Count ? 0 : attempt;
                wanted = left;
            }
        }

        return items;
    }

    /// <summary>Writes the items, each by itself.</summary>
    public ValueTask Write(Table table, IEnumerable<Item> items, CancellationToken cancellation) =>
        Write(table, items.Select(item => new WriteRequest(new PutRequest(item))), cancellation);

    /// <summary>Does the writes, no two of the same item, each by itself.</summary>
    public async ValueTask Write(Table table, IEnumerable<WriteRequest> writes, CancellationToken cancellation)
    {
        foreach (var chunk in writes.Chunk(MaxItemsPerWrite))
        {
            List<WriteRequest> wanted = [.. chunk];
            for (var attempt = 1; wanted.Count > 0; attempt++)
            {
                await PauseBefore(attempt, "write all items of a batch", cancellation);
                var request = new BatchWriteItemRequest { RequestItems = new() { [NameOf(table)] = wanted } };
                var response = await Send(token => _client.BatchWriteItemAsync(request, token), "write a batch", cancellation);
                var left = response.UnprocessedItems?.GetValueOrDefault(NameOf(table)) ?? [];

                // What gets on, however slowly, is not given up.
                attempt = left.Count < wanted.Count ? 0 : attempt;
                wanted = left;
            }
        }
    }

    /// <summary>A pause of random length, longer with each attempt: those that were throttled together do not come back together.</summary>
    public Task Pause(int attempt, CancellationToken cancellation)
    {
        var most = Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, attempt), LongestPause.TotalMilliseconds);
        return Task.Delay(TimeSpan.FromMilliseconds(most * (0.5 + (Random.Shared.NextDouble() / 2))), _time, cancellation);
    }

    public void Dispose()
    {
        _client.Dispose();
        _underWay.Dispose();
    }

    private static AmazonDynamoDBClient Connect(DynamoDbOptions options)
    {
        // The SDK's own repeats are off: they would multiply with ours, and say nothing of a response that was lost.
        var config = new AmazonDynamoDBConfig { MaxErrorRetry = 0, Timeout = options.RequestTimeout };
        if (!string.IsNullOrEmpty(options.ServiceUrl))
        {
            config.ServiceURL = options.ServiceUrl;
            config.AuthenticationRegion = string.IsNullOrEmpty(options.Region) ? "us-east-1" : options.Region;
        }
        else if (!string.IsNullOrEmpty(options.Region))
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return string.IsNullOrEmpty(options.AccessKey)
            ? new AmazonDynamoDBClient(config)
            : new AmazonDynamoDBClient(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    private static async ValueTask<bool> IfConditionHolds<T>(Task<T> write)
    {
        try
        {
            await write;
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            return false;
        }
    }

    private Task<QueryResponse> Page(QueryRequest request, CancellationToken cancellation) =>
        Send(token => _client.QueryAsync(request, token), "answer a query", cancellation);

    private async ValueTask PauseBefore(int attempt, string what, CancellationToken cancellation)
    {
        if (attempt > _options.MaxAttempts)
            throw new StoreException($"DynamoDB did not {what} in {_options.MaxAttempts} attempts: the throughput of the table is used up.", isTransient: true);

        if (attempt > 1)
            await Pause(attempt - 1, cancellation);
    }

    private async Task<T> Send<T>(Func<CancellationToken, Task<T>> send, string what, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            await _underWay.WaitAsync(cancellation);
            try
            {
                return await send(cancellation);
            }
            catch (Exception e) when (!Faults.IsAnswer(e) && !cancellation.IsCancellationRequested)
            {
                if (attempt >= _options.MaxAttempts || !Faults.IsTransient(e))
                    throw Faults.ToStoreException(e, what);
            }
            finally
            {
                _underWay.Release();
            }

            await Pause(attempt, cancellation);
        }
    }
}
