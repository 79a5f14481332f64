using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Storage.DynamoDb.Alerts;
using OrleansIot.Storage.DynamoDb.Outbox;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>What the tables look like to DynamoDB.</summary>
internal static class TableDefinitions
{
    public static CreateTableRequest Of(Table table, string name) => new()
    {
        TableName = name,

        // A fleet's load comes and goes, and nobody is to size tables before the first reading.
        BillingMode = BillingMode.PAY_PER_REQUEST,
        KeySchema = Keys(Names.Partition, Names.Sort),
        AttributeDefinitions = [.. new[] { Names.Partition, Names.Sort }.Concat(IndexAttributes(table)).Select(attribute => new AttributeDefinition(attribute, ScalarAttributeType.S))],
        LocalSecondaryIndexes = table == Table.Alerts
            ? [new LocalSecondaryIndex { IndexName = Names.ByTime, KeySchema = Keys(Names.Partition, AlertItem.Time), Projection = All }]
            : null,
        GlobalSecondaryIndexes = table switch
        {
            Table.Alerts => [Index(Names.ByState, AlertItem.State, AlertItem.Time, All)],

            // Keys alone: whoever finds a message there reads it consistently before anything is done about it.
            Table.Outbox => [Index(Names.Pending, OutboxItem.PendingShard, OutboxItem.Due, KeysOnly), Index(Names.Recent, OutboxItem.RecentShard, OutboxItem.Sequence, KeysOnly)],
            _ => null,
        },
    };

    public static bool Expires(Table table) => table is Table.Events or Table.History or Table.Alerts or Table.Outbox;

    private static Projection All => new() { ProjectionType = ProjectionType.ALL };

    private static Projection KeysOnly => new() { ProjectionType = ProjectionType.KEYS_ONLY };

    private static string[] IndexAttributes(Table table) => table switch
    {
        Table.Alerts => [AlertItem.State, AlertItem.Time],
        Table.Outbox => [OutboxItem.PendingShard, OutboxItem.Due, OutboxItem.RecentShard, OutboxItem.Sequence],
        _ => [],
    };

    private static List<KeySchemaElement> Keys(string partition, string sort) => [new(partition, KeyType.HASH), new(sort, KeyType.RANGE)];

    private static GlobalSecondaryIndex Index(string name, string partition, string sort, Projection projection) =>
        new() { IndexName = name, KeySchema = Keys(partition, sort), Projection = projection };
}
