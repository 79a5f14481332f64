using System.Runtime.CompilerServices;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Storage.DynamoDb;
using OrleansIot.Storage.DynamoDb.Database;
using OrleansIot.Storage.DynamoDb.History;
using OrleansIot.Storage.DynamoDb.Journal;
using OrleansIot.Storage.DynamoDb.Outbox;
using OrleansIot.TestKit.Time;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.DynamoDb;

/// <summary>Several processes on the same tables.</summary>
public sealed class SilosTests(DynaliteFixture dynalite) : IClassFixture<DynaliteFixture>, IAsyncDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly DynamoTables _tables = new(dynalite);

    [Fact]
    public async Task A_sign_in_key_of_one_is_there_for_the_other()
    {
        var (one, other) = (await _tables.Open(), await _tables.Open());
        Assert.Empty(await one.SignInKeys.All(default));

        await one.SignInKeys.Add("key-1", "<key id=\"1\">ä</key>", default);
        await other.SignInKeys.Add("key-2", "<key id=\"2\" />", default);
        await other.SignInKeys.Add("key-2", "<key id=\"2\" />", default); // a repeat whose answer was lost

        Assert.Equal(["<key id=\"1\">ä</key>", "<key id=\"2\" />"], await one.SignInKeys.All(default));
        Assert.Equal(await one.SignInKeys.All(default), await other.SignInKeys.All(default));
    }

    [Fact]
    public async Task Of_two_owners_that_append_after_the_same_version_exactly_one_wins()
    {
        var (one, other) = (await _tables.Open(), await _tables.Open());
        for (var version = 0; version < 20; version++)
        {
            var outcomes = await Task.WhenAll(new[] { one, other }.Select(silo => Task.Run(() => TryAppend(silo, version))));
            Assert.Equal(1, outcomes.Count(won => won));
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(version => (long)version), await Versions(one, 0));
    }

    [Fact]
    public async Task An_owner_that_missed_midnight_cannot_write_to_yesterday_s_log()
    {
        var (before, after) = (new ManualTime(), new ManualTime());
        after.Advance(Day);
        var stale = await OpenAt(before);
        await stale.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        var owner = await OpenAt(after);
        await owner.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);

        await Assert.ThrowsAsync<JournalConflictException>(async () => await stale.Journal.Append(Append(Boiler, 1, Recorded(1, 99)), default));

        Assert.Equal([1, 2], await Versions(owner, 0));
    }

    [Fact]
    public async Task Of_two_owners_that_begin_a_new_day_exactly_one_wins()
    {
        var time = new ManualTime();
        var (one, other) = (await OpenAt(time), await OpenAt(time));
        await one.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        time.Advance(Day);

        var outcomes = await Task.WhenAll(new[] { one, other }.Select(silo => Task.Run(() => TryAppend(silo, 1))));

        Assert.Equal(1, outcomes.Count(won => won));
        Assert.Equal([1, 2], await Versions(other, 0));
    }

    [Fact]
    public async Task The_log_reads_on_over_days_and_from_any_version_in_them()
    {
        var time = new ManualTime();
        var silo = await OpenAt(time);
        for (var version = 0; version < 12; version += 2)
        {
            await silo.Journal.Append(Append(Boiler, version, Recorded(version, 1), Recorded(version + 1, 1)), default);
            time.Advance(Day / 2);
        }

        var another = await OpenAt(time);
        for (var after = 0; after <= 12; after++)
            Assert.Equal(Enumerable.Range(after + 1, 12 - after).Select(version => (long)version), await Versions(another, after));
    }

    [Fact]
    public async Task A_clock_that_is_a_day_behind_goes_on_where_the_log_is()
    {
        var (slow, fast) = (new ManualTime(), new ManualTime());
        fast.Advance(Day);
        await (await OpenAt(fast)).Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);

        var behind = await OpenAt(slow);
        await behind.Journal.Append(Append(Boiler, 1, Recorded(1, 2)), default);

        Assert.Equal([1, 2], await Versions(behind, 0));
    }

    [Fact]
    public async Task Every_silo_answers_for_the_readings_of_all_before_and_after_they_are_chunks()
    {
        var (owner, other) = (await _tables.Open(), await _tables.Open());
        await owner.Journal.Append(Append(Boiler, 0, Recorded(0, 1), Recorded(60_000, 3)), default);
        await Check();

        // Both at once, as after a move of the device: counted once all the same.
        other.Upkeep.TakenUp(Boiler);
        await Task.WhenAll(owner.Upkeep.Run(all: true, default), other.Upkeep.Run(all: true, default));
        await Check();

        async Task Check()
        {
            Assert.Equal(2, (await other.History.Readings(Boiler, At(0), At(100_000), 10, default)).Count);
            Assert.Equal(2, (await other.History.Query(new SeriesQuery(Boiler, Temperature, At(0), At(120_000), 1), default)).Points.Sum(point => point.Count));
        }
    }

    [Fact]
    public async Task A_query_counts_each_reading_once_when_it_becomes_part_of_a_chunk_between_two_reads()
    {
        var owner = await _tables.Open();
        using var database = new DynamoDatabase(_tables.Options(), TimeProvider.System);
        var history = new DynamoReadingHistory(database, ReadThenFlush, new RetentionMarks(database));
        for (var version = 0; version < 3; version++)
        {
            await owner.Journal.Append(Append(Boiler, version, Recorded(version * 1_000, 1)), default);
            Assert.Equal(version + 1, await Count(points: 100));

            await owner.Journal.Append(Append(Pump, version, Recorded(version * 1_000, 1)), default);
            Assert.Equal(version + 1, (await history.Readings(Pump, At(0), At(60_000), 10, default)).Count);

            var roller = DeviceId.Parse("roller");
            await owner.Journal.Append(Append(roller, version, Recorded(version * 1_000, 1)), default);
            Assert.Equal(version + 1, (await history.Query(new SeriesQuery(roller, Temperature, At(0), At(60_000), 1), default)).Points.Sum(point => point.Count));
        }

        async Task<long> Count(int points) =>
            (await history.Query(new SeriesQuery(Boiler, Temperature, At(0), At(60_000), points), default)).Points.Sum(point => point.Count);

        async IAsyncEnumerable<LogItem> ReadThenFlush(DeviceId device, long after, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await foreach (var item in ((DynamoJournal)owner.Journal).ReadItems(device, after, cancellation))
                yield return item;

            await owner.Upkeep.Run(all: true, cancellation);
        }
    }

    [Fact]
    public async Task The_dispatcher_of_one_silo_is_told_of_a_message_of_another_and_the_other_is_given_none()
    {
        var time = new ManualTime();
        var (dispatcher, other) = (await OpenAt(time), await OpenAt(time));
        Assert.Empty(await dispatcher.Outbox.Due(At(0), 10, default));
        Assert.Empty(await other.Outbox.Due(At(0), 10, default));

        var added = dispatcher.Outbox.Added(default);
        await Add(other, "m1");
        time.Advance(DispatcherLease.LookInterval);
        await added.Within("the dispatcher looks for messages of other silos");

        Assert.Equal(["m1"], (await dispatcher.Outbox.Due(At(0), 10, default)).Select(delivery => delivery.Message.Id));
        Assert.Empty(await other.Outbox.Due(At(0), 10, default));
        Assert.Null(await other.Outbox.NextDue(default));
    }

    [Fact]
    public async Task A_dispatcher_that_stops_leaves_its_place_at_once()
    {
        var time = new ManualTime();
        var (dispatcher, other) = (await OpenAt(time), await OpenAt(time));
        Assert.Empty(await dispatcher.Outbox.Due(At(0), 10, default));
        Assert.Empty(await other.Outbox.Due(At(0), 10, default));
        await Add(other, "m1");

        var added = other.Outbox.Added(default);
        await dispatcher.DisposeAsync();
        time.Advance(DispatcherLease.LookInterval);
        await added.Within("another silo becomes the dispatcher");

        Assert.Single(await other.Outbox.Due(At(0), 10, default));
    }

    [Fact]
    public async Task A_dispatcher_that_dies_is_followed_within_ten_seconds_and_never_before_it_has_stopped()
    {
        await _tables.Open();
        var time = new ManualTime();
        using var database = new DynamoDatabase(_tables.Options(), time);
        var (dies, follows) = (new DispatcherLease(database, time), new DispatcherLease(database, time));
        for (var second = 0; second < 30; second++, time.Advance(TimeSpan.FromSeconds(1)))
        {
            await dies.Look(default);
            await follows.Look(default);
            Assert.Equal((true, false), (dies.IsHeld, follows.IsHeld));
        }

        var seconds = 0;
        for (; !follows.IsHeld; seconds++, time.Advance(TimeSpan.FromSeconds(1)))
        {
            Assert.True(seconds < 10, "nobody followed");
            await follows.Look(default);
            Assert.False(dies.IsHeld && follows.IsHeld);
        }

        await dies.Look(default);
        Assert.False(dies.IsHeld);
    }

    [Fact]
    public async Task A_message_is_claimed_by_one_and_is_due_again_when_the_claim_ends_without_a_word()
    {
        var (one, other) = (await _tables.Open(), await _tables.Open());
        await Add(one, "m1");
        var delivery = Assert.Single(await one.Outbox.Due(At(0), 10, default));

        Assert.True(await one.Outbox.Claim(delivery, At(15_000), default));
        Assert.False(await other.Outbox.Claim(delivery, At(16_000), default));
        Assert.Empty(await one.Outbox.Due(At(14_999), 10, default));

        var again = Assert.Single(await one.Outbox.Due(At(15_000), 10, default));
        Assert.Equal((0, DeliveryStatus.Pending), (again.Attempts, again.Status));
        Assert.True(await other.Outbox.Claim(again, At(30_000), default));
    }

    [Fact]
    public async Task What_is_delivered_is_neither_claimed_nor_opened_again()
    {
        var silo = await _tables.Open();
        await Add(silo, "m1");
        var delivery = Assert.Single(await silo.Outbox.Due(At(0), 10, default));
        await silo.Outbox.Record(delivery.Message, DeliveryStatus.Delivered, 1, At(1), At(1), "200 OK", default);

        Assert.False(await silo.Outbox.Claim(delivery, At(15_000), default));
        await silo.Outbox.Record(delivery.Message, DeliveryStatus.Pending, 1, At(2), At(20_000), "time-out", default);

        Assert.Equal((DeliveryStatus.Delivered, "200 OK"), Of(Assert.Single(await silo.Outbox.Of(delivery.Message.Alert.Id, default))));
        Assert.Empty(await silo.Outbox.Due(At(100_000), 10, default));

        static (DeliveryStatus, string?) Of(Delivery delivery) => (delivery.Status, delivery.Outcome);
    }

    [Fact]
    public async Task A_rule_edited_on_two_silos_at_once_keeps_the_first_edit()
    {
        var (one, other) = (await _tables.Open(), await _tables.Open());
        await one.Rules.Put(Rule("a-rule"), default);
        await other.Rules.Put(Rule("a-rule"), default); // Both seed the same.

        await one.Rules.Put(Rule("a-rule", version: 2) with { Name = "one" }, default);
        var failure = await Assert.ThrowsAsync<Application.StoreException>(async () => await other.Rules.Put(Rule("a-rule", version: 2) with { Name = "other" }, default));

        Assert.Contains("edited elsewhere", failure.Message, StringComparison.Ordinal);
        Assert.Equal("one", Assert.Single(await other.Rules.List(default)).Name);
    }

    public ValueTask DisposeAsync() => _tables.DisposeAsync();

    // Tables are made by a process with a clock that runs: making them may take a wait.
    private async Task<DynamoDbStore> OpenAt(ManualTime time)
    {
        await _tables.Open();
        return await _tables.Open(time);
    }

    private static async Task<bool> TryAppend(DynamoDbStore silo, long after)
    {
        try
        {
            await silo.Journal.Append(Append(Boiler, after, Recorded(after, 1)), default);
            return true;
        }
        catch (JournalConflictException)
        {
            return false;
        }
    }

    private static ValueTask Add(DynamoDbStore silo, string id) =>
        silo.Journal.Append(new TwinAppend(Pump, 0, [Recorded(0, 1)], [Message(id, Alert(Pump, 1, 0), 0)]), default);

    private static async Task<IEnumerable<long>> Versions(DynamoDbStore silo, long after) =>
        (await silo.Journal.Read(Boiler, after, default).ToListAsync()).Select(journaled => journaled.Version);
}
