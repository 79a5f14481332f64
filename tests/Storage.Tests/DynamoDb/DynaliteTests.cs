using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using OrleansIot.Storage.DynamoDb.Database;
using Item = System.Collections.Generic.Dictionary<string, Amazon.DynamoDBv2.Model.AttributeValue>;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>What our wrapper adds to dynalite does as DynamoDB documents it: other tests lean on that.</summary>
public sealed class DynaliteTests(DynaliteFixture dynalite) : IClassFixture<DynaliteFixture>, IAsyncDisposable
{
    private readonly DynamoTables _tables = new(dynalite);
    private DynamoDatabase? _database;

    [Fact]
    public async Task A_transaction_puts_updates_deletes_and_checks()
    {
        var client = await Client();
        await Put(client, "gone", 1);
        await Put(client, "changed", 1);
        await Put(client, "checked", 1);

        await Transact(
            client,
            new() { Put = new() { TableName = Name, Item = ItemOf("new", 1), ConditionExpression = "attribute_not_exists(pk)" } },
            Increment("changed", onlyIf: "#n = :one"),
            new() { Delete = new() { TableName = Name, Key = KeyOf("gone") } },
            new() { ConditionCheck = new() { TableName = Name, Key = KeyOf("checked"), ConditionExpression = "#n = :one", ExpressionAttributeNames = new() { ["#n"] = "n" }, ExpressionAttributeValues = new() { [":one"] = new() { N = "1" } } } });

        Assert.Equal((1, 2, null, 1), (await Get(client, "new"), await Get(client, "changed"), await Get(client, "gone"), await Get(client, "checked")));
    }

    [Fact]
    public async Task A_transaction_of_which_one_condition_fails_does_nothing_and_says_which()
    {
        var client = await Client();
        await Put(client, "there", 7);

        var cancelled = await Assert.ThrowsAsync<TransactionCanceledException>(() => Transact(
            client,
            new() { Put = new() { TableName = Name, Item = ItemOf("new", 1) } },
            new() { Put = new() { TableName = Name, Item = ItemOf("there", 8), ConditionExpression = "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD } }));

        Assert.Equal(["None", "ConditionalCheckFailed"], cancelled.CancellationReasons.Select(reason => reason.Code));
        Assert.Equal("7", cancelled.CancellationReasons[1].Item["n"].N);
        Assert.Equal((null, 7), (await Get(client, "new"), await Get(client, "there")));
    }

    [Fact]
    public async Task An_update_that_cannot_be_applied_takes_back_what_was_written_before_it()
    {
        var client = await Client();
        await Put(client, "first", 1);
        await client.PutItemAsync(Name, new Item(KeyOf("text")) { ["n"] = new() { S = "no number" } });

        await Assert.ThrowsAnyAsync<AmazonDynamoDBException>(() => Transact(
            client,
            new() { Put = new() { TableName = Name, Item = ItemOf("first", 2) } },
            new() { Put = new() { TableName = Name, Item = ItemOf("second", 2) } },
            Increment("text")));

        Assert.Equal((1, null), (await Get(client, "first"), await Get(client, "second")));
    }

    [Fact]
    public async Task A_repeat_under_the_same_token_is_done_once_and_another_under_it_refused()
    {
        var client = await Client();
        await client.TransactWriteItemsAsync(Request(1));
        await client.TransactWriteItemsAsync(Request(1));
        await Assert.ThrowsAsync<IdempotentParameterMismatchException>(() => client.TransactWriteItemsAsync(Request(2)));

        TransactWriteItemsRequest Request(int value) => new()
        {
            ClientRequestToken = "the-token",
            TransactItems = [new() { Put = new() { TableName = Name, Item = ItemOf("once", value), ConditionExpression = "attribute_not_exists(pk)" } }],
        };
    }

    [Fact]
    public async Task Transactions_on_the_same_items_come_one_after_the_other()
    {
        var client = await Client();
        await Put(client, "a", 0);
        await Put(client, "b", 0);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Transact(client, Increment("a"), Increment("b"))));

        Assert.Equal((50, 50), (await Get(client, "a"), await Get(client, "b")));
    }

    [Fact]
    public async Task The_item_on_a_failed_condition_comes_along_when_asked_for()
    {
        var client = await Client();
        await Put(client, "there", 7);

        var failed = await Assert.ThrowsAsync<ConditionalCheckFailedException>(() => client.PutItemAsync(new PutItemRequest
        {
            TableName = Name,
            Item = ItemOf("there", 8),
            ConditionExpression = "attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure.ALL_OLD,
        }));

        Assert.Equal("7", failed.Item["n"].N);
    }

    public async ValueTask DisposeAsync()
    {
        _database?.Dispose();
        await _tables.DisposeAsync();
    }

    private string Name => _database!.NameOf(Table.Rules);

    private async Task<IAmazonDynamoDB> Client()
    {
        await _tables.Open();
        _database = new DynamoDatabase(_tables.Options(), TimeProvider.System);
        return _database.Client;
    }

    private static Item KeyOf(string item) => AttributeExtensions.Key("test", item);

    private static Item ItemOf(string item, long value) => new(KeyOf(item)) { ["n"] = AttributeExtensions.Of(value) };

    private static Task<TransactWriteItemsResponse> Transact(IAmazonDynamoDB client, params TransactWriteItem[] writes) =>
        client.TransactWriteItemsAsync(new TransactWriteItemsRequest { TransactItems = [.. writes] });

    private TransactWriteItem Increment(string item, string? onlyIf = null) => new()
    {
        Update = new()
        {
            TableName = Name,
            Key = KeyOf(item),
            UpdateExpression = "SET #n = #n + :one",
            ConditionExpression = onlyIf,
            ExpressionAttributeNames = new() { ["#n"] = "n" },
            ExpressionAttributeValues = new() { [":one"] = new() { N = "1" } },
        },
    };

    private Task<PutItemResponse> Put(IAmazonDynamoDB client, string item, long value) => client.PutItemAsync(Name, ItemOf(item, value));

    private async Task<long?> Get(IAmazonDynamoDB client, string item) => (await client.GetItemAsync(Name, KeyOf(item), consistentRead: true)).Item?.OptionalNumber("n");
}
