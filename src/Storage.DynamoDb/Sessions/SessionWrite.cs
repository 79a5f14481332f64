using Amazon.DynamoDBv2.Model;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>What becomes of one item. Doing it twice is as good as once.</summary>
internal abstract record SessionWrite(string Partition, string Sort)
{
    private const string PutName = "put";
    private const string SetsName = "set";

    /// <param name="IsNew">The table has no such item.</param>
    public sealed record Put(Item Item, bool IsNew) : SessionWrite(Item.Partition(), Item.Sort());

    public sealed record Delete(string Partition, string Sort) : SessionWrite(Partition, Sort);

    /// <summary>Of an item that is there.</summary>
    public sealed record Set(string Partition, string Sort, Item Attributes) : SessionWrite(Partition, Sort);

    public int Bytes => 32 + Partition.Length + Sort.Length + this switch
    {
        Put put => SizeOf(put.Item),
        Set set => SizeOf(set.Attributes),
        _ => 0,
    };

    public Update ToUpdate(string table)
    {
        var sets = ((Set)this).Attributes;
        return new Update
        {
            TableName = table,
            Key = AttributeExtensions.Key(Partition, Sort),
            UpdateExpression = "SET " + string.Join(", ", sets.Keys.Select(name => $"#{name} = :{name}")),
            ExpressionAttributeNames = sets.Keys.ToDictionary(name => $"#{name}", name => name),
            ExpressionAttributeValues = sets.ToDictionary(set => $":{set.Key}", set => set.Value),
        };
    }

    public TransactWriteItem ToTransactWrite(string table) => this switch
    {
        Put put => new() { Put = new() { TableName = table, Item = put.Item } },
        Set => new() { Update = ToUpdate(table) },
        _ => new() { Delete = new() { TableName = table, Key = AttributeExtensions.Key(Partition, Sort) } },
    };

    /// <summary>As it stands in the redo log.</summary>
    public AttributeValue ToAttribute() => new()
    {
        M = this switch
        {
            Put put => new() { [PutName] = new() { M = put.Item } },
            Set set => new(AttributeExtensions.Key(Partition, Sort)) { [SetsName] = new() { M = set.Attributes } },
            _ => AttributeExtensions.Key(Partition, Sort),
        },
    };

    public static SessionWrite Read(AttributeValue value)
    {
        var write = value.M;
        if (write.TryGetValue(PutName, out var put))
            return new Put(put.M, IsNew: false);

        return write.TryGetValue(SetsName, out var sets) ? new Set(write.Partition(), write.Sort(), sets.M) : new Delete(write.Partition(), write.Sort());
    }

    private static int SizeOf(Item item) => item.Sum(attribute => attribute.Key.Length + 8 + (3 * (attribute.Value.S?.Length ?? 0)) + (int)(attribute.Value.B?.Length ?? 0) + 24);
}
