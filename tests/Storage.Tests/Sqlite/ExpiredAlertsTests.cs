using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Alerts;
using OrleansIot.Storage.Sqlite.Backups;
using OrleansIot.Storage.Sqlite.Database;
using static OrleansIot.Storage.Tests.Samples;
using Instant = OrleansIot.Domain.Instant;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>Alerts that are over, and what was told of them, go with their age; what is open or still to be told stays.</summary>
public sealed class ExpiredAlertsTests : IAsyncDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(10);

    private readonly StoreDirectory _directory = new() { AlertRetention = Kept };
    private long _version;

    [Fact]
    public async Task Resolved_alerts_go_with_what_was_told_of_them_once_they_are_old_enough_and_open_ones_stay()
    {
        var store = await _directory.Open();
        await Triggered(store, 1, "resolved", resolved: true, DeliveryStatus.Delivered);
        await Triggered(store, 2, "given-up", resolved: true, DeliveryStatus.Failed);
        await Triggered(store, 3, "pending", resolved: true, DeliveryStatus.Pending);
        await Triggered(store, 4, "open", resolved: false, DeliveryStatus.Delivered);

        _directory.Time.Advance(Kept - TimeSpan.FromHours(2));
        await Settled(store);
        Assert.Equal(4, (await Alerts(store)).Count);

        _directory.Time.Advance(TimeSpan.FromHours(3));
        await Settled(store);

        Assert.Equal([4], await Alerts(store));
        Assert.Equal(["open", "pending"], (await store.Outbox.Latest(10, default)).Select(delivery => delivery.Message.Id));
        Assert.Equal(["pending"], (await store.Outbox.Due(Instant.MaxValue, 10, default)).Select(delivery => delivery.Message.Id));
    }

    [Fact]
    public async Task An_alert_that_was_resolved_long_after_it_was_triggered_is_kept_from_then_on()
    {
        var store = await _directory.Open();
        await Triggered(store, 1, "late", resolved: false, DeliveryStatus.Delivered);
        _directory.Time.Advance(Kept);
        await Resolve(store, 1);
        _directory.Time.Advance(TimeSpan.FromDays(5));
        await Settled(store);
        Assert.Equal([1], await Alerts(store));

        _directory.Time.Advance(TimeSpan.FromDays(6));
        await Settled(store);
        Assert.Empty(await Alerts(store));
    }

    [Fact]
    public async Task However_many_have_expired_they_go_in_pieces_of_a_few_milliseconds_once_an_hour()
    {
        var store = await _directory.Open();
        const int Many = 1_000;
        await store.Journal.Append(
            new(Boiler, 0,
                [.. Enumerable.Range(1, Many).SelectMany(i => (TwinEvent[])[Samples.Triggered(At(i)), Resolved(i)])],
                [.. Enumerable.Range(1, Many).Select(i => Message($"m{i}", At(i), _directory.Time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch.UnixMilliseconds))]),
            default);
        foreach (var delivery in await store.Outbox.Latest(Many, default))
            await Record(store, delivery.Message, DeliveryStatus.Delivered);

        await _directory.Close();
        Assert.Empty(DataCheck.OfFolder(_directory.Path, default));
        _directory.Time.Advance(Kept + TimeSpan.FromDays(1));
        using (var database = SqliteDatabase.Open(_directory.File, readOnly: false, TimeSpan.FromSeconds(2)))
        {
            var upkeep = new ExpiredAlerts(Kept, _directory.Time);
            upkeep.Wake();
            for (var left = 2L * Many; upkeep.IsDue;)
            {
                var piece = upkeep.NextJob();
                piece.Write(database);
                piece.Committed();
                var now = database.Number("SELECT (SELECT count(*) FROM alert) + (SELECT count(*) FROM outbox)");
                Assert.InRange(left - now, 0, 200);
                left = now;
            }

            Assert.Equal(0, database.Number("SELECT (SELECT count(*) FROM alert) + (SELECT count(*) FROM outbox)"));
            upkeep.Wake();
            Assert.False(upkeep.IsDue);
        }

        Alert At(int occurrence) => Alert(Boiler, occurrence, Now);
    }

    [Fact]
    public async Task A_notification_that_went_is_not_made_again_by_the_append_that_caused_it()
    {
        var store = await _directory.Open();
        await Triggered(store, 1, "told", resolved: true, DeliveryStatus.Delivered);
        _directory.Time.Advance(Kept + TimeSpan.FromDays(1));
        await Settled(store);
        Assert.Empty(await store.Outbox.Latest(10, default));

        await Assert.ThrowsAnyAsync<Exception>(async () =>
            await store.Journal.Append(new(Boiler, 0, [Samples.Triggered(Alert(Boiler, 1, 0))], [Message("told", Alert(Boiler, 1, 0), 0)]), default));

        Assert.Empty(await store.Outbox.Latest(10, default));
    }

    public ValueTask DisposeAsync() => _directory.DisposeAsync();

    private long Now => _directory.Time.GetUtcNow().ToUnixTimeMilliseconds() - Epoch.UnixMilliseconds;

    private static TwinEvent.AlertResolved Resolved(long occurrence, long at = 1) =>
        new TwinEvent.AlertResolved(Alert(Boiler, occurrence, 0).Id, AlertResolution.Cleared, null, At(at), At(at));

    private async Task Triggered(SqliteStore store, long occurrence, string message, bool resolved, DeliveryStatus status)
    {
        var alert = Alert(Boiler, occurrence, Now);
        var told = Message(message, alert, Now);
        await store.Journal.Append(new(Boiler, _version++, [Samples.Triggered(alert)], [told]), default);
        if (resolved)
            await Resolve(store, occurrence);

        if (status != DeliveryStatus.Pending)
            await Record(store, told, status);
    }

    private async Task Resolve(SqliteStore store, long occurrence) => await store.Journal.Append(Append(Boiler, _version++, Resolved(occurrence, Now)), default);

    private async Task Record(SqliteStore store, OutboxMessage message, DeliveryStatus status) =>
        await store.Outbox.Record(message, status, 1, At(Now), At(Now), "200", default);

    private static async Task<List<long>> Alerts(SqliteStore store) =>
        [.. (await store.Alerts.List(new AlertQuery(Limit: 500), default)).Items.Select(alert => alert.Id.Occurrence)];

    // The writer's own work is done by the second commit after it has been woken; each kind has a turn, and rests.
    private async Task Settled(SqliteStore store)
    {
        for (var round = 0; round < 20; round++)
        {
            _directory.Time.Advance(TimeSpan.FromSeconds(10));
            await store.Rules.MarkSeeded(default);
            await store.Rules.MarkSeeded(default);
        }
    }
}
