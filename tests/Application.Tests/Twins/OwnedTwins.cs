using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Twins;

public sealed class OwnedTwins
{
    [Fact]
    public async Task Nothing_is_believed_or_answered_before_it_is_durable()
    {
        await using var host = await TwinHost.Start();
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);

        var execution = host.Ingest("a", "t", 1).AsTask();
        Assert.False(execution.IsCompleted);
        Assert.Null(await host.Twins.Find(DeviceId.Parse("a")));

        disk.SetResult();
        await execution.Within("the execution");
        Assert.Equal(2, (await host.Find("a")).Version);
    }

    [Fact]
    public async Task What_gathers_during_a_commit_shares_the_next_one()
    {
        await using var host = await TwinHost.Start();
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);

        var executions = Enumerable.Range(0, 8).Select(i => host.Ingest("a", "t", i).AsTask()).ToArray();
        disk.SetResult();
        await Task.WhenAll(executions).Within("all executions");

        Assert.InRange(host.Store.Journal.Commits, 1, 3);
        Assert.Equal(9, (await host.Find("a")).Version);
    }

    [Fact]
    public async Task A_full_mailbox_makes_its_senders_wait_and_loses_nothing()
    {
        await using var host = await TwinHost.Start();
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);

        var executions = Enumerable.Range(0, 100).Select(i => host.Ingest("a", "t", i).AsTask()).ToArray();
        Assert.DoesNotContain(executions, execution => execution.IsCompleted);
        disk.SetResult();
        await Task.WhenAll(executions).Within("all executions");

        Assert.Equal(101, (await host.Find("a")).Version);
    }

    [Fact]
    public async Task A_full_mailbox_keeps_the_order_in_which_its_sender_came()
    {
        await using var host = await TwinHost.Start();
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);

        var executions = Enumerable.Range(0, 200).Select(i => host.Ingest("a", "t", i).AsTask()).ToArray();
        disk.SetResult();
        await Task.WhenAll(executions).Within("all executions");

        var stored = new List<double>();
        await foreach (var entry in host.Services.GetRequiredService<ITwinJournal>().Read(DeviceId.Parse("a"), 0, CancellationToken.None))
        {
            if (entry.Event is TwinEvent.ReadingRecorded { Reading.Metrics: [var metric] })
                stored.Add(metric.Value.Number);
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (double)i), stored);
    }

    [Fact]
    public async Task A_store_that_fails_acknowledges_nothing_and_the_twin_goes_on_from_what_is_stored()
    {
        await using var host = await TwinHost.Start();
        await host.Ingest("a", "t", 1);
        host.Store.Journal.FailNext(new IOException("disk full"));

        await Assert.ThrowsAsync<TwinUnavailableException>(async () => await host.Ingest("a", "t", 2));
        await host.Ingest("a", "t", 3);

        Assert.Equal([1, 3], host.Store.Journal.EventsOf(DeviceId.Parse("a")).OfType<TwinEvent.ReadingRecorded>().Select(e => e.Reading.Metrics[0].Value.Number));
        Assert.Equal(3, (await host.Find("a")).Version);
    }

    [Fact]
    public async Task A_crash_loses_nothing_that_was_answered()
    {
        await using var host = await TwinHost.Start(Given.RuleAbove("hot", "t", 70));
        await host.Ingest("a", "t", 71, messageId: "m1");
        var before = await host.Find("a");

        await host.Crash();
        var after = await host.Find("a");
        Assert.Equal(before, after with { GraceUntil = before.GraceUntil });

        var decision = Assert.IsType<Decision.Accepted>(await host.Ingest("a", "t", 71, messageId: "m1"));
        Assert.Empty(decision.Events);
    }

    [Fact]
    public async Task A_clean_stop_leaves_snapshots_of_what_changed()
    {
        var host = await TwinHost.Start();
        await host.Ingest("a", "t", 1);
        await host.Stop();

        var snapshot = await host.Store.Journal.Load(DeviceId.Parse("a"), CancellationToken.None);
        Assert.Equal(2, snapshot?.Version);
    }

    [Fact]
    public async Task Silence_beyond_the_heartbeat_limit_is_offline_and_a_reading_is_online_again()
    {
        await using var host = await TwinHost.Start(Given.RuleOffline(forSeconds: 60));
        await using var changes = new Watched(host.Fleet);
        await host.Ingest("a", "t", 1);

        host.Time.Advance(TimeSpan.FromSeconds(61));
        await changes.Until("the device is offline", change => change is FleetChange.StatusChanged { Twin.Status: DeviceStatus.Offline });
        await host.Settled("a");

        host.Time.Advance(TimeSpan.FromSeconds(61));
        var triggered = await changes.Until("the offline rule fires", change => change is FleetChange.AlertChanged);
        Assert.Equal(AlertStatus.Triggered, ((FleetChange.AlertChanged)triggered).Alert.Status);

        await host.Ingest("a", "t", 2);
        var twin = await host.Find("a");
        Assert.Equal(DeviceStatus.Online, twin.Status);
        Assert.Empty(twin.OpenAlerts);
    }

    [Fact]
    public async Task A_restart_does_not_turn_the_fleet_offline()
    {
        await using var host = await TwinHost.Start();
        await host.Ingest("a", "t", 1);
        host.Time.Advance(TimeSpan.FromSeconds(59));
        await host.Crash();
        host.Time.Advance(TimeSpan.FromSeconds(30));
        await host.Ingest("a", "t", 2);

        Assert.DoesNotContain(host.Store.Journal.EventsOf(DeviceId.Parse("a")), e => e is TwinEvent.WentOffline);
    }

    [Fact]
    public async Task A_duration_ends_on_the_owners_timer_without_another_reading()
    {
        await using var host = await TwinHost.Start(Given.RuleAbove("hot", "t", 70, forSeconds: 10));
        await using var changes = new Watched(host.Fleet);
        await host.Ingest("a", "t", 71);
        Assert.Empty((await host.Find("a")).OpenAlerts);

        host.Time.Advance(TimeSpan.FromSeconds(11));
        await changes.Until("the rule fires", change => change is FleetChange.AlertChanged);
        Assert.Single((await host.Find("a")).OpenAlerts);
    }

    [Fact]
    public async Task A_rule_that_is_removed_resolves_its_alerts()
    {
        await using var host = await TwinHost.Start(Given.RuleAbove("hot", "t", 70));
        await host.Ingest("a", "t", 71);
        await using var changes = new Watched(host.Fleet);

        host.Rules.Set();
        var change = await changes.Until("the alert is resolved", change => change is FleetChange.AlertChanged { Alert.Status: AlertStatus.Resolved });
        Assert.Equal(AlertResolution.RuleGone, ((FleetChange.AlertChanged)change).Alert.Resolution);
    }

    [Fact]
    public async Task A_connection_alone_leaves_no_device_behind()
    {
        await using var host = await TwinHost.Start();
        await host.Twins.Execute(DeviceId.Parse("dashboard-1"), new TwinCommand.OpenSession(new SessionId(1), host.Now));
        Assert.Null(await host.Twins.Find(DeviceId.Parse("dashboard-1")));
        Assert.Empty(host.Store.Journal.EventsOf(DeviceId.Parse("dashboard-1")));
    }
}
