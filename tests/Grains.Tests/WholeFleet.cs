using OrleansIot.Application.Fleet;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Grains.Interfaces.Devices;
using OrleansIot.Grains.Twins;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Grains.Tests;

public sealed class WholeFleet(SharedCluster shared) : IClassFixture<SharedCluster>
{
    private readonly TestedCluster _cluster = shared.Cluster;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Counts_and_lists_are_of_all_silos_wherever_they_are_asked_for(int asked)
    {
        var prefix = $"listed-{asked}";
        var before = await _cluster.Fleet(asked).Counts();
        string[] devices = [.. Enumerable.Range(10, 25).Select(i => $"{prefix}-{i}")];
        for (var i = 0; i < devices.Length; i++)
            await _cluster.Ingest(i % 2, devices[i], i);

        var after = await _cluster.Fleet(asked).Counts();
        Assert.Equal(25, after.Devices - before.Devices);
        Assert.Equal(25, after.Online - before.Online);

        var paged = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _cluster.Fleet(asked).List(new DeviceQuery(Search: prefix, Cursor: cursor, Limit: 7));
            Assert.Equal(25, page.Total);
            paged.AddRange(page.Items.Select(twin => twin.Device.Value));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(devices, paged);
        var skipped = await _cluster.Fleet(asked).List(new DeviceQuery(Search: prefix, Offset: 10, Limit: 4));
        Assert.Equal(devices[10..14], skipped.Items.Select(twin => twin.Device.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Filtered_sorted_pages_are_of_all_silos_wherever_they_are_asked_for(int asked)
    {
        for (var i = 10; i < 30; i++)
            await _cluster.Twins(i % 2).Execute(DeviceId.Parse($"sorted-{asked}-{i}"), TestedCluster.Reading($"heat-{asked}", i));

        var paged = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _cluster.Fleet(asked).List(new DeviceQuery(Filter: $"heat-{asked} ge 15", Sort: $"-heat-{asked}", Cursor: cursor, Limit: 4));
            Assert.Equal(15, page.Total);
            paged.AddRange(page.Items.Select(twin => twin.Device.Value));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(15, 15).Reverse().Select(i => $"sorted-{asked}-{i}"), paged);
    }

    [Fact]
    public async Task The_worst_come_first_whichever_silo_they_are_on()
    {
        await _cluster.Rules(0).Put(Given.RuleAbove("worst", "worst-metric", 10));
        for (var i = 0; i < 6; i++)
            await _cluster.Twins(i % 2).Execute(DeviceId.Parse($"worst-{i}"), TestedCluster.Reading("worst-metric", i is 3 or 4 ? 11 : 9));

        var page = await _cluster.Fleet(0).List(new DeviceQuery(Search: "worst-", Order: DeviceOrder.WorstFirst));

        Assert.Equal(["worst-3", "worst-4", "worst-0", "worst-1", "worst-2", "worst-5"], page.Items.Select(twin => twin.Device.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Whoever_watches_on_one_silo_sees_what_happens_on_either(int owner)
    {
        var device = DeviceId.Parse($"watched-{owner}");
        using var ending = new CancellationTokenSource();
        var seen = new TaskCompletionSource<FleetChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = Watch(_cluster.Fleet(0), new FleetFilter(device), seen, ending.Token);

        // The other silo is asked a moment after watching began, and who watches cannot know when.
        var value = 0;
        await Eventually.IsTrue("a change is seen", async () =>
        {
            await _cluster.Ingest(owner, device.Value, value++);
            return seen.Task.IsCompleted;
        });

        var change = await seen.Task;
        Assert.Equal(device, change.Twin.Device);
        await ending.CancelAsync();
        await watching;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shadows_go_to_another_silo_with_what_one_device_is_watched_for_and_not_with_the_fleet_s(bool one)
    {
        var device = DeviceId.Parse($"shadowed-{(one ? "one" : "all")}");
        await _cluster.Ingest(1, device.Value, 0);
        await _cluster.Client.GetGrain<IDeviceGrain>(device.Value).UpdateShadow(null, """{"state": {"desired": {"on": true}}}""", "ana");
        using var ending = new CancellationTokenSource();
        var seen = new TaskCompletionSource<FleetChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = Task.Run(async () =>
        {
            try
            {
                await foreach (var change in _cluster.Fleet(0).Watch(one ? new FleetFilter(device) : FleetFilter.All, ending.Token))
                {
                    if (change.Twin.Device == device)
                        seen.TrySetResult(change);
                }
            }
            catch (OperationCanceledException)
            {
            }
        });

        var value = 0;
        await Eventually.IsTrue("a change is seen", async () =>
        {
            await _cluster.Ingest(1, device.Value, value++);
            return seen.Task.IsCompleted;
        });

        Assert.Equal(one, (await seen.Task).Twin.FindShadow(ShadowName.Classic) is not null);
        Assert.Empty((await _cluster.Fleet(0).List(new DeviceQuery(Search: device.Value))).Items.Single().Shadows);
        Assert.Single((await _cluster.Twins(0).Find(device))!.Twin.Shadows);
        await ending.CancelAsync();
        await watching;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_changed_shadow_is_told_to_whoever_watches_its_device_on_any_silo(int asked)
    {
        var device = DeviceId.Parse($"desired-{asked}");
        await _cluster.Ingest(1, device.Value, 0);
        using var ending = new CancellationTokenSource();
        var seen = new TaskCompletionSource<FleetChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = Watch(_cluster.Fleet(asked), new FleetFilter(device), seen, ending.Token);

        var value = 0;
        await Eventually.IsTrue("a change is seen", async () =>
        {
            await _cluster.Client.GetGrain<IDeviceGrain>(device.Value).UpdateShadow(null, $$$"""{"state": {"desired": {"heat": {{{value++}}} } } }""", "ana");
            return seen.Task.IsCompleted;
        });

        Assert.NotNull(Assert.IsType<FleetChange.ShadowChanged>(await seen.Task).Twin.FindShadow(ShadowName.Classic));
        await ending.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task All_readings_come_to_a_watcher_on_another_silo_in_their_order()
    {
        var device = DeviceId.Parse("followed");
        await _cluster.Ingest(1, "followed", -1);
        using var ending = new CancellationTokenSource();
        var values = new List<double>();
        var began = new TaskCompletionSource<FleetChange>(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watching = Task.Run(async () =>
        {
            try
            {
                await foreach (var change in _cluster.Fleet(0).Watch(new FleetFilter(device), ending.Token))
                {
                    began.TrySetResult(change);
                    if (change is not FleetChange.ReadingArrived { Reading.Metrics: [{ Value.Number: >= 0 and var number }] })
                        continue;

                    values.Add(number);
                    if (values.Count == 2_000)
                        all.SetResult();
                }
            }
            catch (OperationCanceledException)
            {
            }
        });
        await Eventually.IsTrue("watching began", async () =>
        {
            await _cluster.Ingest(1, "followed", -1);
            return began.Task.IsCompleted;
        });

        for (var i = 0; i < 2_000; i++)
            await _cluster.Ingest(1, "followed", i);

        await all.Task.Within("all readings");
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => (double)i), values);
        await ending.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task A_twin_that_left_its_owner_is_counted_once_again_when_it_has_another()
    {
        await _cluster.Ingest(0, "moving", 1);
        var before = await _cluster.Fleet(0).Counts();

        await _cluster.Deactivate(_cluster.Client.GetGrain<ITwinOwnerGrain>("moving"));
        Assert.Equal(before.Devices - 1, (await _cluster.Fleet(1).Counts()).Devices);
        await _cluster.Ingest(1, "moving", 2);

        Assert.Equal(before, await _cluster.Fleet(1).Counts());
    }

    private static async Task Watch(IFleet fleet, FleetFilter filter, TaskCompletionSource<FleetChange> seen, CancellationToken cancellation)
    {
        try
        {
            await foreach (var change in fleet.Watch(filter, cancellation))
                seen.TrySetResult(change);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }
}
