using System.Text;
using OrleansIot.Application.Access.Ports;
using OrleansIot.Storage.DynamoDb.Database;

namespace OrleansIot.Storage.DynamoDb.Access;

/// <summary>One item per key, beside the rules: a few in a year, read as seldom.</summary>
internal sealed class DynamoKeyRing(DynamoDatabase database) : IKeyRing
{
    private const string Partition = "sign-in-keys";

    public async ValueTask<IReadOnlyList<string>> All(CancellationToken cancellation)
    {
        var keys = new List<string>();
        await foreach (var item in database.Query(database.Range(Table.Rules, Partition, Sortable.First, Sortable.Last), cancellation))
            keys.Add(Encoding.UTF8.GetString(item.Bytes(Names.Body)));

        return keys;
    }

    public async ValueTask Add(string name, string key, CancellationToken cancellation)
    {
        var item = AttributeExtensions.Key(Partition, name);
        item[Names.Body] = AttributeExtensions.Of(Encoding.UTF8.GetBytes(key));
        await database.Put(Table.Rules, item, null, cancellation);
    }
}
