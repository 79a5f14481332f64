using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Twins;

public sealed class TwinReviews
{
    [Fact]
    public async Task A_moment_that_passes_during_a_slow_commit_is_not_forgotten()
    {
        await using var host = await TwinHost.Start(Given.RuleAbove("hot", "t", 70, forSeconds: 1));
        await host.Ingest("a", "t", 20);
        await using var changes = new Watched(host.Fleet);
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);

        var execution = host.Ingest("a", "t", 71).AsTask();
        host.Time.Advance(TimeSpan.FromSeconds(2));
        disk.SetResult();
        await execution.Within("the execution");
        host.Time.Advance(TimeSpan.FromMilliseconds(100));

        await changes.Until("the rule fires", change => change is FleetChange.AlertChanged);
    }

    [Fact]
    public async Task However_often_an_earlier_moment_came_in_between_a_quiet_device_is_looked_at_once()
    {
        await using var host = await TwinHost.Start(Given.RuleAbove("hot", "t", 70, forSeconds: 2));
        for (var i = 0; i < 30; i++)
        {
            await host.Ingest("a", "t", 71);
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await host.Ingest("a", "t", 20);
            host.Time.Advance(TimeSpan.FromSeconds(3));
            await host.Settled("a");
        }

        var before = host.Rules.Looks;
        for (var second = 0; second < 61; second++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await host.Settled("a");
        }

        // Two looks for each second's own command, and a few for the one moment at which the device became offline.
        Assert.InRange(host.Rules.Looks - before, 122, 130);
    }

    [Fact]
    public async Task Whoever_changes_a_rule_does_not_wait_for_the_fleet()
    {
        await using var host = await TwinHost.Start();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => host.Ingest($"d{i}", "t", 71).AsTask()));
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);

        await Task.Run(() =>
        {
            host.Rules.Set(Given.RuleAbove("hot", "t", 70));
            host.Rules.Set(Given.RuleAbove("hot", "t", 60));
        }).Within("the change");
        disk.SetResult();
        host.Rules.Set();
        foreach (var i in Enumerable.Range(0, 500))
            await host.Settled($"d{i}");

        Assert.Equal(0, (await host.Fleet.Counts()).OpenAlerts);
    }

    [Fact]
    public async Task A_fault_of_ours_after_the_commit_is_told_and_the_device_goes_on()
    {
        await using var host = await TwinHost.Start();
        await host.Ingest("a", "t", 1);
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);
        var execution = host.Ingest("a", "t", 2).AsTask();
        host.Rules.Set();
        host.Rules.Failure = new InvalidOperationException("A bug.");
        disk.SetResult();

        await Assert.ThrowsAsync<TwinUnavailableException>(() => execution.Within("an answer"));
        host.Rules.Failure = null;
        await host.Ingest("a", "t", 3).AsTask().Within("the next execution");
    }

    [Fact]
    public async Task A_decision_that_is_asked_for_twice_does_no_harm_to_the_next_command()
    {
        await using var host = await TwinHost.Start();
#pragma warning disable CA2012 // Using the promise wrongly is what this is about.
        var stale = host.Ingest("a", "t", 1);
        await stale;
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Store.Journal.HoldUntil(disk.Task);
        var others = Enumerable.Range(0, 8).Select(i => host.Ingest("b", "t", i)).ToArray();

        Assert.Throws<InvalidOperationException>(() => stale.GetAwaiter().GetResult());
#pragma warning restore CA2012
        disk.SetResult();
        foreach (var other in others)
            await other.AsTask().Within("a decision");
    }

    [Fact]
    public async Task Lists_are_read_while_devices_appear()
    {
        await using var host = await TwinHost.Start();
        var appearing = Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++)
                await host.Ingest($"d{i}", "t", 1);
        });
        while (!appearing.IsCompleted)
            Assert.NotNull((await host.Fleet.List(new DeviceQuery())).Items);

        await appearing;
        Assert.Equal(2_000, (await host.Fleet.List(new DeviceQuery())).Total);
    }
}
