using OrleansIot.Application;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Peers;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>What happens between the store and the service, and must not be seen in what is stored.</summary>
public sealed class FaultTests(DynaliteFixture dynalite) : IClassFixture<DynaliteFixture>, IAsyncDisposable
{
    private readonly DynamoTables _tables = new(dynalite);

    [Fact]
    public async Task An_append_whose_answer_is_lost_knows_its_own_write_again()
    {
        var store = await _tables.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);

        await dynalite.Server.Fail("PutItem", DynamoFault.ResponseLost, table: _tables.Prefix);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);
        await store.Journal.Append(Append(Boiler, 2, Recorded(2, 3)), default);

        Assert.Equal([1, 2, 3], await Versions(store.Journal, Boiler));
    }

    [Fact]
    public async Task A_transaction_whose_answer_is_lost_is_done_once()
    {
        var store = await _tables.Open();
        var alert = Alert(Boiler, 1, 0);

        await dynalite.Server.Fail("TransactWriteItems", DynamoFault.ResponseLost, table: _tables.Prefix);
        await store.Journal.Append(new TwinAppend(Boiler, 0, [Triggered(alert)], [Message("m1", alert, 0)]), default);

        Assert.Equal([1], await Versions(store.Journal, Boiler));
        Assert.Equal(alert, await store.Alerts.Find(alert.Id, default));
        Assert.Single(await store.Outbox.Of(alert.Id, default));
    }

    [Fact]
    public async Task A_lost_answer_does_not_hide_that_another_owner_was_faster()
    {
        var (one, other) = (await _tables.Open(), await _tables.Open());
        await one.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await other.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);

        await dynalite.Server.Fail("PutItem", DynamoFault.ResponseLost, table: _tables.Prefix);
        await Assert.ThrowsAsync<JournalConflictException>(async () => await one.Journal.Append(Append(Boiler, 1, Recorded(1, 99)), default));

        Assert.Equal([1, 2], await Versions(one.Journal, Boiler));
    }

    [Theory]
    [InlineData(DynamoFault.Throttled)]
    [InlineData(DynamoFault.Unavailable)]
    [InlineData(DynamoFault.ConnectionLost)]
    public async Task A_write_that_fails_for_a_moment_is_repeated(DynamoFault fault)
    {
        var store = await _tables.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);

        await dynalite.Server.Fail("PutItem", fault, times: 3, table: _tables.Prefix);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);

        Assert.Equal([1, 2], await Versions(store.Journal, Boiler));
    }

    [Fact]
    public async Task A_transaction_that_collides_with_another_is_repeated()
    {
        var store = await _tables.Open();

        await dynalite.Server.Fail("TransactWriteItems", DynamoFault.TransactionConflict, times: 2, table: _tables.Prefix);
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);

        Assert.Equal([1], await Versions(store.Journal, Boiler));
    }

    [Fact]
    public async Task Throttling_that_does_not_end_is_a_transient_failure_after_a_bounded_number_of_attempts()
    {
        var store = await _tables.Open(change: options => options.MaxAttempts = 3);
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await dynalite.Server.Counts();

        await dynalite.Server.Fail("PutItem", DynamoFault.Throttled, times: 3, table: _tables.Prefix);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default));

        Assert.True(failure.IsTransient);
        Assert.Equal(3, (await dynalite.Server.Counts())["PutItem"]);
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);
    }

    [Fact]
    public async Task A_refusal_for_good_is_not_repeated_and_names_the_setting()
    {
        var store = await _tables.Open();
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        await dynalite.Server.Counts();

        await dynalite.Server.Fail("PutItem", DynamoFault.AccessDenied, table: _tables.Prefix);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default));

        Assert.False(failure.IsTransient);
        Assert.Contains("DynamoDb:AccessKey", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await dynalite.Server.Counts())["PutItem"]);
    }

    [Fact]
    public async Task What_a_batch_leaves_undone_is_done_by_the_next()
    {
        var store = await _tables.Open();
        var twins = Enumerable.Range(0, 40).Select(i => new Twin(DeviceId.Parse($"device-{i}")) { Version = 1 }).ToArray();

        await dynalite.Server.Fail("BatchWriteItem", DynamoFault.Unprocessed, times: 5, table: _tables.Prefix);
        await store.Snapshots.Save(twins, default);

        Assert.Equal(twins.Select(twin => twin.Device).Order(), (await store.Snapshots.Devices(default).ToListAsync()).Order());
    }

    [Fact]
    public async Task What_a_batch_leaves_unread_is_read_by_the_next()
    {
        var store = await _tables.Open();
        var alert = Alert(Boiler, 1, 0);
        await store.Journal.Append(new TwinAppend(Boiler, 0, [Triggered(alert)], [.. Enumerable.Range(0, 30).Select(i => Message($"m{i}", alert, i))]), default);

        await dynalite.Server.Fail("BatchGetItem", DynamoFault.Unprocessed, times: 5, table: _tables.Prefix);

        Assert.Equal(30, (await store.Outbox.Due(At(100), 100, default)).Count);
    }

    [Fact]
    public async Task A_service_that_is_gone_is_a_transient_failure_and_all_is_there_when_it_is_back()
    {
        await using var server = await Dynalite.Start(keepsData: true);
        var options = _tables.Options(options => (options.ServiceUrl, options.MaxAttempts) = (server.Url, 2));
        await using var store = new OrleansIot.Storage.DynamoDb.DynamoDbStore(options, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await store.Open(default);
        await store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);

        await server.Kill();
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default));
        Assert.True(failure.IsTransient);

        await server.Restart();
        await store.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);
        Assert.Equal([1, 2], await Versions(store.Journal, Boiler));
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    private static async Task<IEnumerable<long>> Versions(ITwinJournal journal, DeviceId device) =>
        (await journal.Read(device, 0, default).ToListAsync()).Select(journaled => journaled.Version);
}
