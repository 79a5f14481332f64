using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;
using static OrleansIot.Storage.Tests.Samples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class AlertBookContract(IStoreUnderTest store) : StoreContract(store)
{
    [Fact]
    public async Task An_alert_is_found_as_its_last_event_left_it()
    {
        var alert = Alert(Boiler, 1, 0);
        await Store.Journal.Append(Append(Boiler, 0, Triggered(alert)), default);
        Assert.Equal(alert, await Store.Alerts.Find(alert.Id, default));

        await Store.Journal.Append(Append(Boiler, 1, new TwinEvent.AlertAcknowledged(alert.Id, "alice", At(10))), default);
        var acknowledged = alert with { Status = AlertStatus.Acknowledged, AcknowledgedAt = At(10), AcknowledgedBy = "alice" };
        Assert.Equal(acknowledged, await Store.Alerts.Find(alert.Id, default));

        await Store.Journal.Append(Append(Boiler, 2, new TwinEvent.AlertResolved(alert.Id, AlertResolution.Manual, "bob", At(99), At(20))), default);
        var resolved = acknowledged with { Status = AlertStatus.Resolved, ResolvedAt = At(20), ResolvedBy = "bob", Resolution = AlertResolution.Manual };
        Assert.Equal(resolved, await Store.Alerts.Find(alert.Id, default));
        Assert.Null(await Store.Alerts.Find(new AlertId(Pump, TooHot, 1), default));
    }

    [Fact]
    public async Task Triggered_and_resolved_in_one_append_ends_resolved_with_nobody_named()
    {
        var alert = Alert(Boiler, 1, 0);
        await Store.Journal.Append(Append(Boiler, 0, Triggered(alert), new TwinEvent.AlertResolved(alert.Id, AlertResolution.Cleared, null, At(0), At(20))), default);

        var found = await Store.Alerts.Find(alert.Id, default);
        Assert.Equal((AlertStatus.Resolved, AlertResolution.Cleared, null), (found!.Status, found.Resolution!.Value, found.ResolvedBy));
    }

    [Fact]
    public async Task The_list_narrows_by_every_part_of_the_query()
    {
        var other = RuleId.Parse("other");
        await Store.Journal.Append(Append(Boiler, 0, Triggered(Alert(Boiler, 1, 1)), Triggered(Alert(Boiler, 2, 2, other, Severity.Critical))), default);
        await Store.Journal.Append(Append(Pump, 0, Triggered(Alert(Pump, 1, 3)), new TwinEvent.AlertResolved(new AlertId(Pump, TooHot, 1), AlertResolution.Cleared, null, At(0), At(9))), default);
        await Store.Journal.Append(Append(Boiler, 2, new TwinEvent.AlertAcknowledged(new AlertId(Boiler, TooHot, 1), "alice", At(4))), default);

        Assert.Equal([3, 2, 1], await TimesOf(new AlertQuery()));
        Assert.Equal([2, 1], await TimesOf(new AlertQuery(Device: Boiler)));
        Assert.Equal([2], await TimesOf(new AlertQuery(Rule: other)));
        Assert.Equal([2], await TimesOf(new AlertQuery(Severity: Severity.Critical)));
        Assert.Equal([2, 1], await TimesOf(new AlertQuery(Open: true)));
        Assert.Equal([3], await TimesOf(new AlertQuery(Open: false)));
        Assert.Equal([1], await TimesOf(new AlertQuery(Status: AlertStatus.Acknowledged, Device: Boiler, Open: true)));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition_while_alerts_are_added()
    {
        for (var i = 0; i < 7; i++)
            await Store.Journal.Append(Append(Boiler, i, Triggered(Alert(Boiler, i + 1, at: 100 * (i / 2)))), default);

        var first = await Store.Alerts.List(new AlertQuery(Limit: 3), default);
        await Store.Journal.Append(Append(Boiler, 7, Triggered(Alert(Boiler, 8, 5_000))), default);
        var second = await Store.Alerts.List(new AlertQuery(Limit: 3, Cursor: first.Next), default);
        var third = await Store.Alerts.List(new AlertQuery(Limit: 3, Cursor: second.Next), default);

        Assert.Equal([7, 6, 5, 4, 3, 2, 1], first.Items.Concat(second.Items).Concat(third.Items).Select(alert => alert.Id.Occurrence));
        Assert.Null(third.Next);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(501)]
    public async Task A_limit_out_of_range_is_refused(int limit) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Store.Alerts.List(new AlertQuery(Limit: limit), default));

    private async Task<IEnumerable<long>> TimesOf(AlertQuery query) =>
        (await Store.Alerts.List(query, default)).Items.Select(alert => alert.TriggeredAt.UnixMilliseconds - Epoch.UnixMilliseconds);
}
