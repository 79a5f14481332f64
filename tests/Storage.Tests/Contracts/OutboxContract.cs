using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.TestKit.Time;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class OutboxContract(IStoreUnderTest store) : StoreContract(store)
{
    private static readonly Alert Cause = Samples.Alert(Boiler, 1, 0);

    [Fact]
    public async Task A_message_is_due_from_the_commit_that_caused_it()
    {
        var message = Message("m1", Cause, at: 10);
        await Add(0, message);

        Assert.Equal(new Delivery(message, DeliveryStatus.Pending, 0, At(10), null, null), Assert.Single(await Store.Outbox.Due(At(10), 10, default)));
        Assert.Empty(await Store.Outbox.Due(At(9), 10, default));
        Assert.Equal(At(10), await Store.Outbox.NextDue(default));
    }

    [Fact]
    public async Task The_same_cause_makes_no_second_message()
    {
        await Add(0, Message("m1", Cause, 10));
        await Store.Outbox.Record(Message("m1", Cause, 10), DeliveryStatus.Delivered, 1, At(11), At(11), "200 OK", default);
        await Add(1, Message("m1", Cause, 20), Message("m2", Cause, 20));

        Assert.Equal(["m2"], (await Store.Outbox.Due(At(100), 10, default)).Select(delivery => delivery.Message.Id));
    }

    [Fact]
    public async Task A_failed_attempt_is_due_again_when_it_says_and_a_final_one_never()
    {
        await Add(0, Message("m1", Cause, 10), Message("m2", Cause, 11), Message("m3", Cause, 12));

        await Store.Outbox.Record(Message("m1", Cause, 10), DeliveryStatus.Pending, 1, At(20), At(50), "connection refused", default);
        await Store.Outbox.Record(Message("m2", Cause, 10), DeliveryStatus.Failed, 5, At(21), At(21), "404 Not Found", default);
        await Store.Outbox.Record(Message("m3", Cause, 10), DeliveryStatus.Delivered, 1, At(22), At(22), "200 OK", default);

        Assert.Equal(At(50), await Store.Outbox.NextDue(default));
        Assert.Empty(await Store.Outbox.Due(At(49), 10, default));
        var due = Assert.Single(await Store.Outbox.Due(At(50), 10, default));
        Assert.Equal(("m1", 1, At(20), "connection refused"), (due.Message.Id, due.Attempts, due.LastAttemptAt!.Value, due.Outcome));
        await Store.Outbox.Record(Message("m1", Cause, 10), DeliveryStatus.Delivered, 2, At(51), At(51), "200 OK", default);
        Assert.Null(await Store.Outbox.NextDue(default));
    }

    [Fact]
    public async Task Due_messages_come_oldest_first_up_to_the_limit()
    {
        await Add(0, Message("late", Cause, 30), Message("early", Cause, 10), Message("middle", Cause, 20));

        Assert.Equal(["early", "middle"], (await Store.Outbox.Due(At(100), 2, default)).Select(delivery => delivery.Message.Id));
    }

    [Fact]
    public async Task Messages_of_an_alert_list_oldest_first_and_the_latest_of_all_newest_first()
    {
        var other = Samples.Alert(Pump, 1, 0);
        await Add(0, Message("m1", Cause, 10), Message("m2", other, 20), Message("m3", Cause, 30));

        Assert.Equal(["m1", "m3"], (await Store.Outbox.Of(Cause.Id, default)).Select(delivery => delivery.Message.Id));
        Assert.Equal(["m3", "m2"], (await Store.Outbox.Latest(2, default)).Select(delivery => delivery.Message.Id));
    }

    [Fact]
    public async Task Whoever_waits_is_told_of_new_messages_and_of_nothing_else()
    {
        var added = Store.Outbox.Added(default);
        await Store.Journal.Append(Append(Boiler, 0, Recorded(0, 1)), default);
        Assert.False(added.IsCompleted);

        await Add(1, Message("m1", Cause, 10));
        await added.Within("word of what was added");
        Assert.False(Store.Outbox.Added(default).IsCompleted);
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.Outbox.Added(new CancellationToken(canceled: true)));

    private ValueTask Add(long after, params OutboxMessage[] messages) =>
        Store.Journal.Append(new TwinAppend(Boiler, after, [Recorded(after, 1)], [.. messages]), default);
}
