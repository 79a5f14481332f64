using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using OrleansIot.Application;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>Sees to it that the tables are there before anything is asked of them. Several silos may do so at the same time.</summary>
internal sealed partial class TableSetup(DynamoDatabase database, DynamoDbOptions options, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly IAmazonDynamoDB _client = database.Client;

    /// <exception cref="StoreException">A table is not there or not as it should be; the message says what mends it.</exception>
    public async Task Prepare(CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAll(Enum.GetValues<Table>().Select(table => Prepare(table, cancellation)));
        }
        catch (Exception e) when (e is AmazonClientException or HttpRequestException or IOException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw Faults.ToStoreException(e, "get the tables ready");
        }
    }

    private async Task Prepare(Table table, CancellationToken cancellation)
    {
        var name = database.NameOf(table);
        var description = await Find(name, cancellation);
        if (description is null && !options.CreateTables)
            throw new StoreException($"DynamoDB has no table {name}. Create it as docs/dynamodb.md says, or set {DynamoDbOptions.Section}:{nameof(DynamoDbOptions.CreateTables)}.");

        if (description is null)
            await Create(table, name, cancellation);

        description = await WhenActive(name, cancellation);
        Check(table, description);
        if (TableDefinitions.Expires(table))
            await LetExpire(name, cancellation);
    }

    private async Task<TableDescription?> Find(string name, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return (await _client.DescribeTableAsync(name, cancellation)).Table;
            }
            catch (ResourceNotFoundException)
            {
                return null;
            }
            catch (Exception e) when (attempt < options.MaxAttempts && Faults.IsTransient(e) && !cancellation.IsCancellationRequested)
            {
                await database.Pause(attempt, cancellation);
            }
        }
    }

    private async Task Create(Table table, string name, CancellationToken cancellation)
    {
        try
        {
            await _client.CreateTableAsync(TableDefinitions.Of(table, name), cancellation);
            LogCreated(log, name);
        }
        catch (ResourceInUseException)
        {
            // Another silo was faster.
        }
    }

    private async Task<TableDescription> WhenActive(string name, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var description = await Find(name, cancellation);
            if (description?.TableStatus == TableStatus.ACTIVE && (description.GlobalSecondaryIndexes ?? []).TrueForAll(index => index.IndexStatus is null || index.IndexStatus == IndexStatus.ACTIVE))
                return description;

            if (time.GetElapsedTime(started) > Patience)
                throw new StoreException($"Table {name} is {description?.TableStatus?.Value ?? "not there"} after {Patience.TotalMinutes:0} minutes.", isTransient: true);

            await database.Pause(attempt, cancellation);
        }
    }

    private static void Check(Table table, TableDescription found)
    {
        var wanted = TableDefinitions.Of(table, found.TableName);
        var indexes = (found.GlobalSecondaryIndexes ?? []).Select(index => index.IndexName).Concat((found.LocalSecondaryIndexes ?? []).Select(index => index.IndexName)).ToHashSet();
        var missing = (wanted.GlobalSecondaryIndexes ?? []).Select(index => index.IndexName).Concat((wanted.LocalSecondaryIndexes ?? []).Select(index => index.IndexName)).Except(indexes).ToArray();
        if (!found.KeySchema.Select(key => key.AttributeName).SequenceEqual([Names.Partition, Names.Sort]) || missing.Length > 0)
        {
            throw new StoreException(
                $"Table {found.TableName} is not as this release wants it{(missing.Length > 0 ? $": no index {string.Join(", ", missing)}" : "")}. See docs/dynamodb.md, or choose another {DynamoDbOptions.Section}:{nameof(DynamoDbOptions.TablePrefix)}.");
        }
    }

    private async Task LetExpire(string name, CancellationToken cancellation)
    {
        var state = (await _client.DescribeTimeToLiveAsync(name, cancellation)).TimeToLiveDescription;
        if (state?.TimeToLiveStatus == TimeToLiveStatus.ENABLED || state?.TimeToLiveStatus == TimeToLiveStatus.ENABLING)
            return;

        try
        {
            await _client.UpdateTimeToLiveAsync(new UpdateTimeToLiveRequest { TableName = name, TimeToLiveSpecification = new() { AttributeName = Names.Expires, Enabled = true } }, cancellation);
        }
        catch (AmazonServiceException e) when (options.CreateTables is false || e.ErrorCode == "ValidationException")
        {
            // Another silo was faster; or the role may not, and whoever made the tables sees to it. Nothing but disk space depends on it.
            LogNoTimeToLive(log, name, e.Message);
        }
    }

    [LoggerMessage(3100, LogLevel.Information, "Created table {Table}")]
    private static partial void LogCreated(ILogger logger, string table);

    [LoggerMessage(3101, LogLevel.Debug, "Time to live of table {Table} was not switched on here: {Reason}")]
    private static partial void LogNoTimeToLive(ILogger logger, string table, string reason);
}
