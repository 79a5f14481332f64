using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.DynamoDb.Alerts;

/// <summary>
/// The table of alerts. Those of one device are read consistently; lists of all devices come from an index, which follows a
/// change within a fraction of a second.
/// </summary>
internal sealed class DynamoAlertBook(DynamoDatabase database) : IAlertBook
{
    private const int MaxLimit = 500;

    // What a filter passes over is read all the same: fewer, larger pages.
    private const int PageWithFilter = 500;

    public async ValueTask<Page<Alert>> List(AlertQuery query, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1, nameof(query));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Limit, MaxLimit, nameof(query));
        var before = query.Cursor is null ? Sortable.Last : Checked(query.Cursor);
        var sources = Queries(query, before).Select(request => Items(request, cursor: query.Cursor, cancellation).GetAsyncEnumerator(cancellation)).ToArray();
        try
        {
            // One more than asked for tells whether there is a next page.
            var items = await Newest(sources, query.Limit + 1);
            var alerts = items.Take(query.Limit).Select(AlertItem.Read).ToImmutableArray();
            return new Page<Alert>(alerts, items.Count > query.Limit ? items[query.Limit - 1].Text(AlertItem.Time) : null);
        }
        finally
        {
            foreach (var source in sources)
                await source.DisposeAsync();
        }
    }

    public async ValueTask<Alert?> Find(AlertId alert, CancellationToken cancellation) =>
        await database.Get(Table.Alerts, alert.Device.Value, AlertItem.SortOf(alert), cancellation) is { } item ? AlertItem.Read(item) : null;

    private IEnumerable<QueryRequest> Queries(AlertQuery query, string before)
    {
        if (query.Device is { } device)
        {
            var ofDevice = database.Range(Table.Alerts, Names.ByTime, Names.Partition, device.Value, AlertItem.Time, Sortable.First, before, backwards: true);
            ofDevice.ConsistentRead = true;
            return [Narrowed(ofDevice, query)];
        }

        var open = query.Open != false && query.Status != AlertStatus.Resolved;
        var resolved = query.Open != true && (query.Status ?? AlertStatus.Resolved) == AlertStatus.Resolved;
        return (open ? Shards.All(AlertItem.OpenGroup, AlertItem.ShardCount) : [])
            .Concat(resolved ? Shards.All(AlertItem.ResolvedGroup, AlertItem.ShardCount) : [])
            .Select(shard => Narrowed(database.Range(Table.Alerts, Names.ByState, AlertItem.State, shard, AlertItem.Time, Sortable.First, before, backwards: true), query));
    }

    private static QueryRequest Narrowed(QueryRequest request, AlertQuery query)
    {
        var filters = new List<string>();
        if (query.Status is { } status)
            Add(AlertItem.Status, "=", AttributeExtensions.Of((long)status));
        if (query.Open is { } open)
            Add(AlertItem.Status, open ? "<>" : "=", AttributeExtensions.Of((long)AlertStatus.Resolved));
        if (query.Rule is { } rule)
            Add(AlertItem.Rule, "=", AttributeExtensions.Of(rule.Value));
        if (query.Severity is { } severity)
            Add(AlertItem.Severity, "=", AttributeExtensions.Of((long)severity));

        request.FilterExpression = filters.Count > 0 ? string.Join(" AND ", filters) : null;
        request.Limit = filters.Count > 0 ? PageWithFilter : query.Limit + 2;
        return request;

        void Add(string name, string comparison, AttributeValue value)
        {
            var place = filters.Count;
            filters.Add($"#f{place} {comparison} :f{place}");
            request.ExpressionAttributeNames.Add($"#f{place}", name);
            request.ExpressionAttributeValues.Add($":f{place}", value);
        }
    }

    private async IAsyncEnumerable<Item> Items(QueryRequest request, string? cursor, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var item in database.Query(request, cancellation))
        {
            // A range has its ends in it; the page before had this one.
            if (item.Text(AlertItem.Time) != cursor)
                yield return item;
        }
    }

    // Each source is in order already; the newest of their first ones is the next, and only that source is read on.
    private static async ValueTask<List<Item>> Newest(IAsyncEnumerator<Item>[] sources, int count)
    {
        var next = new PriorityQueue<IAsyncEnumerator<Item>, string>(Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a)));
        var begun = await Task.WhenAll(sources.Select(async source => (Source: source, HasAny: await source.MoveNextAsync())));
        foreach (var (source, _) in begun.Where(first => first.HasAny))
            next.Enqueue(source, source.Current.Text(AlertItem.Time));

        var items = new List<Item>(count);
        while (items.Count < count && next.TryDequeue(out var source, out _))
        {
            items.Add(source.Current);
            if (await source.MoveNextAsync())
                next.Enqueue(source, source.Current.Text(AlertItem.Time));
        }

        return items;
    }

    private static string Checked(string cursor) =>
        cursor.Length > 16 && cursor[15] == '#' && !cursor.AsSpan(0, 15).ContainsAnyExceptInRange('0', '9')
            ? cursor
            : throw new ArgumentException("The cursor is not one that a page gave.", nameof(cursor));
}
