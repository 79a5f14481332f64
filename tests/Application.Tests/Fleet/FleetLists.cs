using OrleansIot.Application.Fleet;
using OrleansIot.Application.Tests.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Fleet;

public sealed class FleetLists
{
    [Fact]
    public async Task Counts_follow_every_change()
    {
        await using var host = await Fleet();
        var counts = await host.Fleet.Counts();
        Assert.Equal(new FleetCounts(5, 5, 0, 0, 0, OpenAlerts: 2, CriticalAlerts: 1, WarningAlerts: 1), counts);

        await host.Ingest("d4", "t", 10);
        await host.Crash();
        counts = await host.Fleet.Counts();
        Assert.Equal(new FleetCounts(5, 5, 0, 0, 0, OpenAlerts: 1, CriticalAlerts: 0, WarningAlerts: 1), counts);
    }

    [Fact]
    public async Task Types_are_counted_as_devices_spell_them_and_parts_of_several_owners_add_up()
    {
        await using var host = await Fleet();
        foreach (var (device, type) in new[] { ("d1", "pump"), ("d2", "Pump"), ("d3", "pump") })
            await host.Twins.Execute(DeviceId.Parse(device), new TwinCommand.Describe(DeviceDescription.None with { Type = type }, host.Now));

        var parts = await host.Fleet.Parts();

        Assert.Equal([("Pump", 1), ("pump", 2)], parts.Types.Select(part => (part.Name, part.Devices)));
        Assert.Equal([("Pump", 2), ("pump", 4)], FleetParts.Merge([parts, parts]).Types.Select(part => (part.Name, part.Devices)));
    }

    [Fact]
    public async Task Pages_by_id_are_whole_and_without_repeats()
    {
        await using var host = await Fleet();
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await host.Fleet.List(new DeviceQuery(Limit: 2, Cursor: cursor));
            Assert.Equal(5, page.Total);
            seen.AddRange(page.Items.Select(twin => twin.Device.Value));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(["d1", "d2", "d3", "d4", "d5"], seen);
    }

    [Fact]
    public async Task Worst_first_begins_with_the_worst_open_alert()
    {
        await using var host = await Fleet();
        var page = await host.Fleet.List(new DeviceQuery(Order: DeviceOrder.WorstFirst, Offset: 0, Limit: 3));
        Assert.Equal(["d4", "d2", "d1"], page.Items.Select(twin => twin.Device.Value));
    }

    [Fact]
    public async Task Search_looks_at_id_name_type_location_and_tags()
    {
        await using var host = await Fleet();
        await host.Twins.Execute(DeviceId.Parse("d3"), new TwinCommand.Describe(new DeviceDescription("Boiler seven", "boiler", "Hall B", ["line-9"]), host.Now));

        foreach (var text in new[] { "D3", "seven", "BOILER", "hall", "line-9", "  seven " })
            Assert.Equal("d3", Assert.Single((await host.Fleet.List(new DeviceQuery(Search: text))).Items).Device.Value);

        Assert.Empty((await host.Fleet.List(new DeviceQuery(Search: "nowhere"))).Items);
    }

    [Fact]
    public async Task Filters_narrow_by_status_and_severity()
    {
        await using var host = await Fleet();
        Assert.Equal(["d2", "d4"], await Ids(host, new DeviceQuery(AtLeast: Severity.Warning)));
        Assert.Equal(["d4"], await Ids(host, new DeviceQuery(AtLeast: Severity.Critical)));
        Assert.Empty(await Ids(host, new DeviceQuery(Status: DeviceStatus.Offline)));
    }

    [Fact]
    public async Task Filters_and_orders_answer_the_same_after_a_restart()
    {
        await using var host = await Fleet();
        await host.Twins.Execute(DeviceId.Parse("d3"), new TwinCommand.Describe(new DeviceDescription("Boiler seven", "boiler", null, ["line-9"]), host.Now));
        DeviceQuery[] queries =
        [
            new(Filter: "t lt 50", Sort: "-t,name"),
            new(Filter: "tags has 'line-9' and type eq 'boiler'"),
            new(Filter: "severity ge 'warning'", Sort: "severity"),
            new(Sort: "-severity,-lastSeen", Limit: 3),
        ];
        var before = await Answers();
        Assert.Equal(["d3,d1,d5", "d3", "d2,d4", "d4,d2,d1"], before.Select(ids => string.Join(',', ids)));

        await host.Crash();
        Assert.Equal(before, await Answers());

        async Task<List<List<string>>> Answers()
        {
            var answers = new List<List<string>>();
            foreach (var query in queries)
                answers.Add([.. await Ids(host, query)]);
            return answers;
        }
    }

    [Fact]
    public async Task A_watcher_that_is_too_slow_loses_the_oldest_and_is_told_how_many()
    {
        await using var host = await TwinHost.Start();
        await using var watched = new Watched(host.Fleet);
        for (var i = 0; i < 9_000; i++)
            await host.Ingest("a", "t", i);

        var missed = 0L;
        var readings = 0L;
        await watched.Until("the last reading", change =>
        {
            missed += change.Missed;
            readings += change is FleetChange.ReadingArrived ? 1 : 0;
            return change is FleetChange.ReadingArrived { Reading.Metrics: [{ Value.Number: 8_999 }] };
        });
        Assert.True(missed > 0);
        Assert.InRange(readings + missed, 9_000, 9_001);
    }

    [Fact]
    public async Task A_watcher_of_one_device_hears_of_no_other()
    {
        await using var host = await TwinHost.Start();
        using var end = new CancellationTokenSource();
        var changes = host.Fleet.Watch(new FleetFilter(DeviceId.Parse("b")), end.Token).GetAsyncEnumerator(end.Token);
        var next = changes.MoveNextAsync();
        await host.Ingest("a", "t", 1);
        await host.Ingest("b", "t", 1);

        Assert.True(await next);
        Assert.Equal("b", changes.Current.Twin.Device.Value);
        await changes.DisposeAsync();
    }

    private static async Task<IEnumerable<string>> Ids(TwinHost host, DeviceQuery query) =>
        (await host.Fleet.List(query)).Items.Select(twin => twin.Device.Value);

    // d4 is critical, d2 a warning.
    private static async Task<TwinHost> Fleet()
    {
        var host = await TwinHost.Start(
            Given.RuleAbove("warm", "w", 70),
            Given.RuleAbove("hot", "t", 70, severity: Severity.Critical));
        foreach (var device in new[] { "d3", "d1", "d5" })
            await host.Ingest(device, "t", 20);

        await host.Ingest("d2", "w", 80);
        await host.Ingest("d4", "t", 80);
        return host;
    }
}
