using OrleansIot.Application;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.Tests.Sessions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Storage;
using static OrleansIot.Storage.Tests.Sessions.SessionSamples;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>What a crash or a lost answer leaves of an append, and what appends cost.</summary>
public sealed class SessionFaultTests(DynaliteFixture dynalite) : IClassFixture<DynaliteFixture>, IAsyncDisposable
{
    // More writes than a transaction takes, of all three kinds.
    private static readonly SessionChange[] Before = [Kept("a"), Kept("b"), .. Enumerable.Range(1, 150).Select(number => Owed("a", number))];

    private static readonly SessionChange[] Long =
    [
        Kept("a", 99),
        .. Enumerable.Range(1, 100).Select(number => Delivered("a", number)),
        .. Enumerable.Range(101, 50).Select(number => new SessionChange.Sent("a", number, (ushort)number)),
        .. Enumerable.Range(151, 100).Select(number => Owed("b", number)),
    ];

    private readonly DynamoTables _tables = new(dynalite);

    [Fact]
    public async Task A_long_append_that_was_not_decided_leaves_nothing()
    {
        var store = await Store();
        await store.Append(Before, default);

        // The parts are written in batches; the item that decides is the only one put by itself.
        await dynalite.Server.Fail("PutItem", DynamoFault.AccessDenied, table: _tables.Prefix);
        await Assert.ThrowsAsync<StoreException>(async () => await store.Append(Long, default));
        Assert.NotEqual(0, await Parts());

        Assert.Equal(await Expected(Before), await (await Store()).Text());
        Assert.Equal(0, await Parts());
    }

    [Theory]
    [InlineData("BatchWriteItem", "DeleteRequest")]
    [InlineData("UpdateItem", "UpdateExpression")]
    [InlineData("DeleteItem", "redo")]
    public async Task A_long_append_that_was_decided_is_done_by_whoever_comes_next(string operation, string onlyWhereItSays)
    {
        var store = await Store();
        await store.Append(Before, default);

        await dynalite.Server.Fail(operation, DynamoFault.AccessDenied, table: onlyWhereItSays);
        await store.Append(Long, default);
        Assert.NotEqual(0, await Parts());

        Assert.Equal(await Expected(Before, Long), await (await Store()).Text());
        Assert.Equal(0, await Parts());
    }

    [Fact]
    public async Task The_same_process_goes_on_after_an_append_that_was_only_decided()
    {
        var store = await Store();
        await store.Append(Before, default);

        await dynalite.Server.Fail("UpdateItem", DynamoFault.AccessDenied, table: _tables.Prefix);
        await store.Append(Long, default);
        SessionChange[] next = [Delivered("a", 150), Delivered("b", 250), new SessionChange.Released("a", 149)];
        await store.Append(next, default);

        Assert.Equal(await Expected(Before, Long, next), await store.Text());
    }

    [Theory]
    [InlineData("TransactWriteItems")]
    [InlineData("PutItem")]
    [InlineData("BatchWriteItem")]
    public async Task An_append_whose_answer_is_lost_is_done_once(string operation)
    {
        var store = await Store();
        SessionChange[] single = [Owed("b", 300)];
        await store.Append(Before, default);

        await dynalite.Server.Fail(operation, DynamoFault.ResponseLost, table: _tables.Prefix);
        await store.Append([Delivered("a", 1), Delivered("a", 2)], default);
        await store.Append(single, default);
        await store.Append(Long, default);

        Assert.Equal(await Expected(Before, [Delivered("a", 1), Delivered("a", 2)], single, Long), await store.Text());
    }

    [Fact]
    public async Task An_append_of_unknown_outcome_may_be_repeated()
    {
        var store = await Store();
        await store.Append([Kept("a"), Kept("b")], default);
        SessionChange[] changes = [Owed("m", Delivery("a", 1), Delivery("b", 2)), Owed("a", 3), Delivered("b", 2)];

        // To the store a refusal; what the table then holds is as if it had been done.
        await (await Store()).Append(changes, default);
        await dynalite.Server.Fail("TransactWriteItems", DynamoFault.AccessDenied, table: _tables.Prefix);
        await Assert.ThrowsAsync<StoreException>(async () => await store.Append(changes, default));
        await store.Append(changes, default);

        Assert.Equal(await Expected([Kept("a"), Kept("b")], changes), await store.Text());
        await store.Append([Delivered("a", 1), Delivered("a", 3)], default);
        Assert.Empty((await store.Load(default)).Session("a").Owed);
    }

    [Fact]
    public async Task A_message_owed_to_one_session_is_one_write_and_what_begins_and_ends_at_once_none()
    {
        var store = await Store();
        await store.Append([Kept("a")], default);
        await dynalite.Server.Counts();

        await store.Append([Owed("a", 1)], default);
        await store.Append([Owed("a", 2), Delivered("a", 1)], default);
        await store.Append([Owed("a", 3), .. Enumerable.Range(4, 500).Select(number => Owed("a", number)), .. Enumerable.Range(4, 500).Select(number => Delivered("a", number))], default);

        Assert.Equal(new Dictionary<string, int> { ["PutItem"] = 1, ["TransactWriteItems"] = 2 }, await dynalite.Server.Counts());
        Assert.Equal(503, (await store.Load(default)).LastNumber);
    }

    [Fact]
    public async Task Names_longer_than_a_key_are_told_apart()
    {
        var store = await Store();
        var (one, other) = (new string('x', 5_000) + "1", new string('x', 5_000) + "2");
        SessionChange[] changes =
        [
            Kept(one), Kept(other), Owed(one, 1), Owed(other, 2),
            new SessionChange.Subscribed(one, new(one, 1, null)), new SessionChange.Subscribed(one, new(other, 0, null)), new SessionChange.Unsubscribed(one, other),
            new SessionChange.Retained(Message(one, "1")), new SessionChange.Retained(Message(other, "2")), new SessionChange.RetainedRemoved(Utf8(other)),
            new SessionChange.Ended(other),
        ];
        foreach (var change in changes)
            await store.Append([change], default);

        Assert.Equal(await Expected(changes), await (await Store()).Text());
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    private static async Task<string> Expected(params SessionChange[][] appends)
    {
        var model = new InMemorySessionStore();
        foreach (var changes in appends)
            await model.Append(changes, default);

        return await model.Text();
    }

    private async Task<ISessionStore> Store() => (await _tables.Open()).Sessions;

    private async Task<int> Parts()
    {
        using var database = new DynamoDatabase(_tables.Options(), TimeProvider.System);
        return await database.Query(database.Range(Table.Sessions, "redo", Sortable.First, Sortable.Last), default).CountAsync();
    }
}
