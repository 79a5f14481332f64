using System.Collections.Concurrent;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Silos;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Grains.Tests;

public sealed class SiloDeath
{
    // Detection is set to some seconds; the rest is room for a busy machine.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Twins_of_a_silo_that_died_are_taken_up_by_the_others_without_being_asked_for()
    {
        await using var cluster = await TestedCluster.Start(silos: 3);
        for (var i = 0; i < 60; i++)
            await cluster.Ingest(i % 3, $"d-{i}", i);

        Assert.Equal(60, (await cluster.Fleet(0).Counts()).Devices);
        await cluster.Kill(2);

        await cluster.Settled("all twins have an owner again", () => Enumerable.Range(0, 2).Sum(silo => cluster.On<FleetIndex>(silo).All().Count()) == 60, Recovery);
        Assert.Equal(60, (await cluster.Fleet(0).Counts()).Devices);
        Assert.Equal(60, (await cluster.Fleet(1).List(new DeviceQuery(Limit: 100))).Items.Count);
        Assert.All(Enumerable.Range(0, 60), i => Assert.Equal(1, cluster.Owners($"d-{i}")));
    }

    [Fact]
    public async Task Twins_of_a_silo_that_stops_in_order_are_taken_up_too()
    {
        await using var cluster = await TestedCluster.Start(silos: 2);
        for (var i = 0; i < 60; i++)
            await cluster.Ingest(i % 2, $"d-{i}", i);

        await cluster.Stop(1);

        await cluster.Settled("all twins have an owner again", () => cluster.On<FleetIndex>(0).All().Count() == 60, Recovery);
        Assert.DoesNotContain(cluster.Log.Lines, line => line.Contains(" 5001:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_no_alert_fires_twice_when_a_silo_dies_under_load()
    {
        const int Devices = 30;
        await using var cluster = await TestedCluster.Start(silos: 3);
        await cluster.Rules(0).Put(Given.RuleAbove("hot", "t", 0));
        for (var i = 0; i < Devices; i++)
            await cluster.Ingest(i % 3, $"d-{i}", 1, $"first-{i}");

        var acknowledged = new ConcurrentBag<(string Device, MessageKey Key)>();
        var killed = new TaskCompletionSource();
        using var ending = new CancellationTokenSource();
        var senders = Enumerable.Range(0, Devices).Select(i => Task.Run(() => Send(cluster.Twins(i % 2), $"d-{i}", acknowledged, killed.Task, ending.Token))).ToArray();
        await Eventually.IsTrue("load", () => Task.FromResult(acknowledged.Count > 500));

        await cluster.Kill(2);
        killed.SetResult();
        await Task.WhenAll(senders).Within(Recovery, "every device is served again after the silo died");

        foreach (var device in Enumerable.Range(0, Devices).Select(i => $"d-{i}"))
        {
            var events = cluster.Store.Journal.EventsOf(DeviceId.Parse(device));
            var stored = events.OfType<TwinEvent.ReadingRecorded>().Select(e => e.Key).ToList();
            Assert.Equal(stored.Count, stored.Distinct().Count());
            Assert.Empty(acknowledged.Where(one => one.Device == device).Select(one => one.Key).Except(stored));
            Assert.Single(events.OfType<TwinEvent.AlertTriggered>());
        }

        var told = await cluster.Store.Outbox.Latest(10_000, CancellationToken.None);
        Assert.Equal(Devices, told.Select(delivery => delivery.Message.Alert.Device).Distinct().Count());
        Assert.Equal(Devices, told.Count);
    }

    [Fact]
    public async Task A_rule_s_for_that_was_under_way_when_its_silo_died_ends_on_another()
    {
        await using var cluster = await TestedCluster.Start(silos: 2);
        await cluster.Rules(0).Put(Given.RuleAbove("slow", "t", 10, forSeconds: 4));
        await cluster.Ingest(1, "pending", 11);
        await cluster.Kill(1);

        await Eventually.IsTrue(
            "the alert",
            async () =>
            {
                try
                {
                    return (await cluster.Twins(0).Find(DeviceId.Parse("pending")))?.Twin.OpenAlerts.Length == 1;
                }
                catch (TwinUnavailableException)
                {
                    return false;
                }
            },
            Recovery);
        Assert.Single(cluster.Store.Journal.EventsOf(DeviceId.Parse("pending")).OfType<TwinEvent.AlertTriggered>());
    }

    [Fact]
    public async Task Connections_that_went_with_their_silo_are_forgotten_by_twins_on_others_and_those_that_stay_are_not()
    {
        await using var cluster = await TestedCluster.Start(silos: 2);
        var gone = new SessionId(((long)SiloRun.Of(cluster.Silos[1].SiloAddress) << 32) | 1);
        var stays = new SessionId(((long)SiloRun.Of(cluster.Silos[0].SiloAddress) << 32) | 1);
        await cluster.Ingest(0, "orphan", 1, session: gone);
        await cluster.Ingest(0, "kept", 1, session: stays);
        Assert.Equal(gone, Twin("orphan").Session);

        await cluster.Kill(1);

        await Eventually.IsTrue("the connection is forgotten", () => Task.FromResult(Twin("orphan").Session is null), Recovery);
        Assert.Equal(DeviceStatus.Online, Twin("orphan").Status);
        Assert.True(Twin("orphan").GraceUntil > TestedCluster.Now);
        Assert.Equal(stays, Twin("kept").Session);

        Twin Twin(string device) => cluster.On<FleetIndex>(0).Find(DeviceId.Parse(device))!.Twin;
    }

    [Fact]
    public async Task A_silo_that_comes_later_sees_the_whole_and_is_watched()
    {
        await using var cluster = await TestedCluster.Start(silos: 1);
        await cluster.Ingest(0, "old", 1);
        await cluster.Rules(0).Put(Given.RuleAbove("early", "t", 100));
        using var ending = new CancellationTokenSource();
        var seen = new ConcurrentBag<string>();
        var watching = Task.Run(async () =>
        {
            try
            {
                await foreach (var change in cluster.Fleet(0).Watch(FleetFilter.All, ending.Token))
                    seen.Add(change.Twin.Device.Value);
            }
            catch (OperationCanceledException)
            {
            }
        });

        await cluster.AddSilo();

        Assert.Equal(1, cluster.Rules(1).Find(Domain.Rules.RuleId.Parse("early"))?.Version);
        Assert.Equal(1, (await cluster.Fleet(1).Counts()).Devices);
        await Eventually.IsTrue("a change on the new silo is seen", async () =>
        {
            await cluster.Ingest(1, "new", 1);
            return seen.Contains("new");
        });
        Assert.Equal(2, (await cluster.Fleet(0).Counts()).Devices);
        await ending.CancelAsync();
        await watching;
    }

    // As a device does: the same message again until it is acknowledged, then the next; until each was served after the death.
    private static async Task Send(ITwins twins, string device, ConcurrentBag<(string Device, MessageKey Key)> acknowledged, Task killed, CancellationToken cancellation)
    {
        for (var i = 0; ; i++)
        {
            var afterDeath = killed.IsCompleted;
            var command = TestedCluster.Reading("t", 1 + i, $"{device}-{i}");
            while (!await Acknowledged(twins, device, command))
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);

            acknowledged.Add((device, command.Key));
            if (afterDeath && i > 20)
                return;
        }
    }

    private static async Task<bool> Acknowledged(ITwins twins, string device, TwinCommand.Ingest command)
    {
        try
        {
            return await twins.Execute(DeviceId.Parse(device), command) is Decision.Accepted;
        }
        catch (TwinUnavailableException)
        {
            return false;
        }
    }
}
