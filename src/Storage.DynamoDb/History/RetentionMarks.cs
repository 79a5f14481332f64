using Amazon.DynamoDBv2.Model;
using OrleansIot.Domain;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.Rules;

namespace OrleansIot.Storage.DynamoDb.History;

/// <summary>
/// From when on history is shown. DynamoDB deletes by itself what has expired, some days late; what is before these marks is
/// out of sight at once.
/// </summary>
internal sealed class RetentionMarks(DynamoDatabase database)
{
    private const string Sort = "retention";
    private const string Readings = "rd";
    private const string Rollups = "ru";

    private long _readingsFrom = Instant.MinValue.UnixMilliseconds;
    private long _rollupsFrom = Instant.MinValue.UnixMilliseconds;

    public Instant ReadingsFrom => new(Interlocked.Read(ref _readingsFrom));

    public Instant RollupsFrom => new(Interlocked.Read(ref _rollupsFrom));

    public async ValueTask Load(CancellationToken cancellation)
    {
        if (await database.Get(Table.Rules, DynamoRuleStore.MetaPartition, Sort, cancellation) is not { } item)
            return;

        Raise(ref _readingsFrom, item.OptionalNumber(Readings));
        Raise(ref _rollupsFrom, item.OptionalNumber(Rollups));
    }

    public async ValueTask Raise(Instant readingsFrom, Instant rollupsFrom, CancellationToken cancellation)
    {
        await Raise(Readings, readingsFrom, cancellation);
        await Raise(Rollups, rollupsFrom, cancellation);
        await Load(cancellation);
    }

    // A mark that is further already stays: the condition fails, and that is as good.
    private async ValueTask Raise(string name, Instant from, CancellationToken cancellation) =>
        await database.Update(
            new Update
            {
                TableName = database.NameOf(Table.Rules),
                Key = AttributeExtensions.Key(DynamoRuleStore.MetaPartition, Sort),
                UpdateExpression = "SET #mark = :from",
                ConditionExpression = "attribute_not_exists(#mark) OR #mark < :from",
                ExpressionAttributeNames = new() { ["#mark"] = name },
                ExpressionAttributeValues = new() { [":from"] = AttributeExtensions.Of(from.UnixMilliseconds) },
            },
            cancellation);

    private static void Raise(ref long mark, long? to)
    {
        if (to > Interlocked.Read(ref mark))
            Interlocked.Exchange(ref mark, to.Value);
    }
}
