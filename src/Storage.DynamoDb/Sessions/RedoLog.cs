using Amazon.DynamoDBv2.Model;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>
/// Makes any number of writes one. They are written down first; the one item that then says so decides. From there on they
/// are done, however often they must be begun again.
/// </summary>
internal sealed class RedoLog(DynamoDatabase database)
{
    private const string Partition = "redo";

    // Behind every token, which is hexadecimal.
    private const string DecisionSort = "z";
    private const string Writes = "w";
    private const string Token = "t";

    // An item may have 400 KB; estimates of what names and types take are generous already.
    private const int MostBytes = 370 * 1_024;

    // Requests share the connections with those of ingest.
    private const int AtOnce = 8;
    private const int PerRequest = 25;

    /// <summary>When it returns, the writes will be done, whatever happens to this process. When it throws, only the table knows.</summary>
    public async ValueTask Decide(IReadOnlyCollection<SessionWrite> writes, CancellationToken cancellation)
    {
        var token = Guid.NewGuid().ToString("N");
        await InParallel(Pack(token, writes).Select(item => new WriteRequest(new PutRequest(item))), cancellation);
        var decision = AttributeExtensions.Key(Partition, DecisionSort);
        decision[Token] = AttributeExtensions.Of(token);
        await database.Put(Table.Sessions, decision, null, cancellation);
    }

    /// <summary>Does what was decided, if anything.</summary>
    public async ValueTask Finish(CancellationToken cancellation)
    {
        var items = await database.Query(database.Range(Table.Sessions, Partition, Sortable.First, Sortable.Last), cancellation).ToListAsync(cancellation);
        if (items is [.., var last] && last.Sort() == DecisionSort)
        {
            items.RemoveAt(items.Count - 1);
            var token = last.Text(Token);
            await Apply([.. items.Where(item => item.Sort().StartsWith(token, StringComparison.Ordinal)).SelectMany(item => item[Writes].L).Select(SessionWrite.Read)], cancellation);
        }

        await Forget(items, cancellation);
    }

    /// <summary>Does what was just decided.</summary>
    public async ValueTask Finish(IReadOnlyCollection<SessionWrite> writes, CancellationToken cancellation)
    {
        await Apply(writes, cancellation);
        var keys = await database.Query(KeysOfParts(), cancellation).ToListAsync(cancellation);
        await Forget(keys, cancellation);
    }

    private static IEnumerable<Item> Pack(string token, IReadOnlyCollection<SessionWrite> writes)
    {
        var (number, bytes) = (0, 0);
        var packed = new List<AttributeValue>();
        foreach (var write in writes)
        {
            if (packed.Count > 0 && bytes + write.Bytes > MostBytes)
            {
                yield return Part(token, number++, packed);
                (packed, bytes) = ([], 0);
            }

            packed.Add(write.ToAttribute());
            bytes += write.Bytes;
        }

        yield return Part(token, number, packed);
    }

    private static Item Part(string token, int number, List<AttributeValue> writes)
    {
        var item = AttributeExtensions.Key(Partition, $"{token}#{number:D6}");
        item[Writes] = new AttributeValue { L = writes };
        return item;
    }

    private async ValueTask Apply(IReadOnlyCollection<SessionWrite> writes, CancellationToken cancellation)
    {
        await InParallel(writes.Where(write => write is not SessionWrite.Set).Select(ToRequest), cancellation);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(writes.OfType<SessionWrite.Set>(), parallel, async (set, stop) => await database.Update(set.ToUpdate(database.NameOf(Table.Sessions)), stop));
    }

    // The decision goes first: parts without it mean nothing.
    private async ValueTask Forget(IEnumerable<Item> parts, CancellationToken cancellation)
    {
        await database.Delete(Table.Sessions, Partition, DecisionSort, cancellation);
        await InParallel(parts.Where(part => part.Sort() != DecisionSort).Select(part => DeleteRequest(Partition, part.Sort())), cancellation);
    }

    private QueryRequest KeysOfParts()
    {
        var query = database.Range(Table.Sessions, Partition, Sortable.First, Sortable.Last);
        query.ProjectionExpression = $"{Names.Partition}, {Names.Sort}";
        return query;
    }

    private static WriteRequest ToRequest(SessionWrite write) =>
        write is SessionWrite.Put put ? new WriteRequest(new PutRequest(put.Item)) : DeleteRequest(write.Partition, write.Sort);

    private static WriteRequest DeleteRequest(string partition, string sort) => new(new DeleteRequest(AttributeExtensions.Key(partition, sort)));

    private Task InParallel(IEnumerable<WriteRequest> writes, CancellationToken cancellation) => Parallel.ForEachAsync(
        writes.Chunk(PerRequest),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
        async (chunk, stop) => await database.Write(Table.Sessions, chunk, stop));
}
