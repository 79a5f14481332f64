using OrleansIot.Application.Fleet;
using OrleansIot.Application.Tests.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Fleet;

/// <summary>Default options: ten devices and a fifth of the fleet within five seconds.</summary>
public sealed class Outages
{
    [Fact]
    public async Task Many_that_go_offline_together_are_one_event_with_a_count_beside_their_own()
    {
        await using var host = await Online(40);
        await using var watched = new Watched(host.Fleet);
        var began = host.Now;
        for (var i = 0; i < 30; i++)
        {
            await Close(host, i);
            if (i == 20)
                host.Time.Advance(TimeSpan.FromMilliseconds(900));
        }

        host.Time.Advance(TimeSpan.FromSeconds(2));

        var changes = await UntilMarker(host, watched);
        var outage = Assert.Single(changes.OfType<FleetChange.OutageChanged>()).Outage;
        Assert.Equal("30 devices went offline within 1 s (connection lost)", outage.Text);
        Assert.Equal((30, 0, 40, began, null), (outage.Count, outage.Back, outage.Of, outage.Since, outage.BackAt));
        Assert.Equal(Enumerable.Range(0, 10).Select(Device), outage.Sample);
        Assert.Equal(30, changes.OfType<FleetChange.StatusChanged>().Count(change => change.Twin.Status == DeviceStatus.Offline));
        Assert.Equal(outage, (await host.Fleet.Counts()).Outage);
    }

    [Fact]
    public async Task When_nine_of_ten_are_back_it_is_over_and_that_is_one_event()
    {
        await using var host = await Online(40);
        for (var i = 0; i < 30; i++)
            await Close(host, i);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await using var watched = new Watched(host.Fleet);

        for (var i = 0; i < 26; i++)
            await Open(host, i, session: 100 + i);
        Assert.Equal(26, (await host.Fleet.Counts()).Outage?.Back);
        await Open(host, 26, session: 200);

        Assert.Null((await host.Fleet.Counts()).Outage);
        var outage = Assert.Single((await UntilMarker(host, watched)).OfType<FleetChange.OutageChanged>()).Outage;
        Assert.Equal(host.Now, outage.BackAt);
        Assert.Equal("27 of 30 devices that went offline at once are back after 2 s", outage.Text);
        Assert.Equal(DeviceStatus.Offline, (await host.Find("d29")).Status);
    }

    [Theory]
    [InlineData(20, 9)]
    [InlineData(100, 19)]
    public async Task Few_or_a_small_part_of_the_fleet_are_none(int fleet, int gone)
    {
        await using var host = await Online(fleet);
        await using var watched = new Watched(host.Fleet);
        for (var i = 0; i < gone; i++)
            await Close(host, i);
        host.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Empty((await UntilMarker(host, watched)).OfType<FleetChange.OutageChanged>());
    }

    [Fact]
    public async Task Those_that_go_one_by_one_are_none()
    {
        await using var host = await Online(30);
        await using var watched = new Watched(host.Fleet);
        for (var i = 0; i < 30; i++)
        {
            await Close(host, i);
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty((await UntilMarker(host, watched)).OfType<FleetChange.OutageChanged>());
    }

    [Fact]
    public async Task One_that_comes_and_goes_counts_once()
    {
        await using var host = await Online(20);
        await using var watched = new Watched(host.Fleet);
        for (var i = 0; i < 15; i++)
        {
            await Close(host, 0, session: 1 + (i * 1_000));
            await Open(host, 0, session: 1 + ((i + 1) * 1_000));
        }

        host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty((await UntilMarker(host, watched)).OfType<FleetChange.OutageChanged>());
    }

    [Fact]
    public async Task More_that_go_while_it_lasts_make_the_same_one_larger()
    {
        await using var host = await Online(60);
        await using var watched = new Watched(host.Fleet);
        for (var i = 0; i < 20; i++)
            await Close(host, i);
        host.Time.Advance(TimeSpan.FromSeconds(20));
        for (var i = 20; i < 40; i++)
            await Close(host, i);
        host.Time.Advance(TimeSpan.FromSeconds(20));

        var told = (await UntilMarker(host, watched)).OfType<FleetChange.OutageChanged>().Select(change => change.Outage).ToList();
        Assert.Equal([20, 40], told.Select(outage => outage.Count));
        Assert.Equal(told[0].Since, told[1].Since);
    }

    [Fact]
    public async Task A_restart_of_the_server_does_not_flap_the_fleet()
    {
        await using var host = await Online(30, Given.RuleOffline(0));
        var since = (await host.Find("d7")).StatusSince;
        var events = host.Store.Journal.EventsOf(Device(7)).Count;
        host.Time.Advance(TimeSpan.FromMinutes(5));

        await host.Crash();
        await using var watched = new Watched(host.Fleet);
        host.Time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 30; i++)
            await Open(host, i, session: 1_000 + i);
        host.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Empty(await UntilMarker(host, watched));
        Assert.Equal(30, (await host.Fleet.Counts()).Online);
        Assert.Equal((DeviceStatus.Online, since), ((await host.Find("d7")).Status, (await host.Find("d7")).StatusSince));
        Assert.DoesNotContain(host.Store.Journal.EventsOf(Device(7)), happened => happened is TwinEvent.WentOffline or TwinEvent.AlertTriggered);

        // The log does say which connection the device has now: it is what the end of that connection is held against.
        Assert.Equal(new TwinEvent.CameOnline("connected", new SessionId(1_007), host.Now - TimeSpan.FromMinutes(10)), Assert.Single(host.Store.Journal.EventsOf(Device(7)).Skip(events)));
    }

    [Fact]
    public async Task Those_that_do_not_come_back_after_a_restart_are_one_event_when_the_grace_is_over()
    {
        await using var host = await Online(30);
        await host.Crash();
        await using var watched = new Watched(host.Fleet);
        for (var i = 0; i < 12; i++)
            await Open(host, i, session: 1_000 + i);

        host.Time.Advance(TimeSpan.FromSeconds(61));
        for (var i = 12; i < 30; i++)
            await host.Settled($"d{i}");
        host.Time.Advance(TimeSpan.FromSeconds(2));

        var outage = Assert.Single((await UntilMarker(host, watched)).OfType<FleetChange.OutageChanged>()).Outage;
        Assert.Equal((18, "no reading for 60 s"), (outage.Count, outage.Reason));
    }

    private static async Task<TwinHost> Online(int devices, params Domain.Rules.Rule[] rules)
    {
        var host = await TwinHost.Start(rules);
        for (var i = 0; i < devices; i++)
            await host.Ingest($"d{i}", "t", 1, session: new SessionId(i + 1));

        return host;
    }

    private static async Task Close(TwinHost host, int device, int? session = null) =>
        await host.Twins.Execute(Device(device), new TwinCommand.CloseSession(new SessionId(session ?? device + 1), "connection lost", host.Now));

    private static async Task Open(TwinHost host, int device, int session) =>
        await host.Twins.Execute(Device(device), new TwinCommand.OpenSession(new SessionId(session), host.Now));

    /// <summary>Everything told until now.</summary>
    private static async Task<List<FleetChange>> UntilMarker(TwinHost host, Watched watched)
    {
        var told = new List<FleetChange>();
        await host.Twins.Execute(DeviceId.Parse("marker"), new TwinCommand.Describe(new DeviceDescription("the end", null, null, []), host.Now));
        await watched.Until("the marker", change =>
        {
            if (change is FleetChange.Described)
                return true;

            told.Add(change);
            return false;
        });
        return told;
    }

    private static DeviceId Device(int number) => DeviceId.Parse($"d{number}");
}
