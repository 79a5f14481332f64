using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.DynamoDb;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.Sessions;
using OrleansIot.Storage.Tests.DynamoDb;
using OrleansIot.TestKit.Peers;

namespace OrleansIot.Storage.Tests.Sessions;

internal sealed class DynamoSessions(DynaliteFixture dynalite) : ISessionsUnderTest
{
    private readonly DynamoTables _tables = new(dynalite);
    private DynamoDbStore? _store;

    public string Prefix => _tables.Prefix;

    public async ValueTask<ISessionStore> Open()
    {
        // The process before is simply not heard of any more.
        _store = await _tables.Open(change: options => options.MaxAttempts = 2);
        return _store.Sessions;
    }

    public async Task WhileWritesFail(Func<Task> act)
    {
        string[] writes = ["TransactWriteItems", "PutItem", "BatchWriteItem", "UpdateItem", "DeleteItem"];
        foreach (var operation in writes)
            await dynalite.Server.Fail(operation, DynamoFault.AccessDenied, table: Prefix);

        await act();

        // An append makes one kind of write first, and nothing behind a refusal: the other faults still wait for somebody.
        using var database = new DynamoDatabase(_tables.Options(), TimeProvider.System);
        var key = AttributeExtensions.Key("none", "none");
        var name = database.NameOf(Table.Rules);
        await Ignore(() => database.Client.TransactWriteItemsAsync(new TransactWriteItemsRequest { TransactItems = [new() { Delete = new() { TableName = name, Key = key } }] }));
        await Ignore(() => database.Client.PutItemAsync(name, key));
        await Ignore(() => database.Client.BatchWriteItemAsync(new BatchWriteItemRequest(new() { [name] = [new WriteRequest(new DeleteRequest(key))] })));
        await Ignore(() => database.Client.UpdateItemAsync(name, key, []));
        await Ignore(() => database.Client.DeleteItemAsync(name, key));
    }

    public async ValueTask<int> Messages()
    {
        using var database = new DynamoDatabase(_tables.Options(), TimeProvider.System);
        var items = await database.Scan(new ScanRequest { TableName = database.NameOf(Table.Sessions), ConsistentRead = true }, default).ToListAsync();
        return items.Count(item => !item.ContainsKey(MessageBody.PartNumber)
            && (item.Sort() == SessionKeys.SharedSort || (item.Sort().StartsWith(SessionKeys.OwedPrefix, StringComparison.Ordinal) && item.ContainsKey(Names.Body))));
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    private static async Task Ignore(Func<Task> request)
    {
        try
        {
            await request();
        }
        catch (AmazonDynamoDBException)
        {
            // The fault that was left.
        }
    }
}
