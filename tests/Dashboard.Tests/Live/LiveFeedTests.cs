using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.Application.Fleet;
using OrleansIot.Dashboard.Live;
using OrleansIot.Domain.Devices;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Dashboard.Tests.Live;

public sealed class LiveFeedTests
{
    private readonly ManualTime _time = new();
    private readonly ScriptedFleet _fleet = new();
    private readonly Channel<FleetUpdate> _told = Channel.CreateUnbounded<FleetUpdate>();

    [Fact]
    public async Task The_first_change_after_a_pause_is_told_at_once()
    {
        using var watch = Watch(FleetFilter.All);

        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 1));

        var update = await Told();
        Assert.Equal(1, update.Twins[DeviceId.Parse("boiler-7")].Version);
        Assert.False(update.BeyondReadings);
    }

    [Fact]
    public async Task What_comes_within_a_beat_is_told_together_and_only_the_newest_of_each_device()
    {
        var mayReturn = new TaskCompletionSource();
        using var watch = Watch(FleetFilter.All, mayReturn.Task);
        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 1));
        await Told();

        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 2));
        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 3));
        await _fleet.Tell(ScriptedFleet.Reading("press-1", 9));
        mayReturn.SetResult();

        var update = await ToldAsTimePasses();
        Assert.Equal([3L, 9L], update.Twins.Values.Select(twin => twin.Version).Order());
        Assert.False(_told.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_change_other_than_a_reading_says_so()
    {
        using var watch = Watch(FleetFilter.All);

        await _fleet.Tell(new FleetChange.StatusChanged(ScriptedFleet.TwinAt("boiler-7", 4)));

        Assert.True((await Told()).BeyondReadings);
    }

    [Fact]
    public async Task A_changed_shadow_brings_its_twin_and_asks_for_nothing_else_to_be_loaded()
    {
        using var watch = Watch(new FleetFilter(DeviceId.Parse("boiler-7")));

        await _fleet.Tell(new FleetChange.ShadowChanged(ScriptedFleet.TwinAt("boiler-7", 4)));

        var update = await Told();
        Assert.Equal(4, Assert.Single(update.Twins.Values).Version);
        Assert.False(update.BeyondReadings || update.Incomplete);
    }

    [Fact]
    public async Task Lost_changes_make_an_update_incomplete()
    {
        using var watch = Watch(FleetFilter.All);

        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 1) with { Missed = 12 });

        Assert.True((await Told()).Incomplete);
    }

    [Fact]
    public async Task Readings_are_kept_where_one_device_is_watched_and_only_there()
    {
        using var one = Watch(new FleetFilter(DeviceId.Parse("boiler-7")));
        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 1));
        Assert.Single((await Told()).Readings);
        one.Dispose();

        var gathered = new FleetConflation(keepReadings: false);
        gathered.Add(ScriptedFleet.Reading("boiler-7", 1));
        Assert.True(gathered.TryTake(out var update));
        Assert.Empty(update.Readings);
    }

    [Fact]
    public async Task A_watch_that_breaks_is_taken_up_again_and_what_may_be_lost_is_owned_up_to()
    {
        using var watch = Watch(FleetFilter.All);

        await _fleet.Break();

        Assert.True((await ToldAsTimePasses()).Incomplete);
        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 8));
        Assert.Equal(8, (await ToldAsTimePasses()).Twins[DeviceId.Parse("boiler-7")].Version);
    }

    [Fact]
    public async Task A_page_that_fails_to_show_an_update_gets_the_next_one()
    {
        var calls = 0;
        using var watch = Feed().Watch(FleetFilter.All, update =>
        {
            _told.Writer.TryWrite(update);
            return ++calls == 1 ? throw new InvalidOperationException("The page broke, as the test asked.") : Task.CompletedTask;
        });
        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 1));
        await Told();

        await _fleet.Tell(ScriptedFleet.Reading("boiler-7", 2));

        Assert.Equal(2, (await ToldAsTimePasses()).Twins[DeviceId.Parse("boiler-7")].Version);
    }

    [Fact]
    public void More_readings_than_a_chart_can_use_make_the_update_incomplete_and_not_long()
    {
        var gathered = new FleetConflation(keepReadings: true);

        for (var i = 0; i <= FleetConflation.MaxReadings; i++)
            gathered.Add(ScriptedFleet.Reading("boiler-7", i));

        Assert.True(gathered.TryTake(out var update));
        Assert.Equal((FleetConflation.MaxReadings, true), (update.Readings.Count, update.Incomplete));
        Assert.False(gathered.TryTake(out _));
    }

    private LiveFeed Feed() => new(_fleet, _time, NullLogger<LiveFeed>.Instance);

    private IDisposable Watch(FleetFilter filter, Task? mayReturn = null) => Feed().Watch(filter, update =>
    {
        _told.Writer.TryWrite(update);
        return mayReturn ?? Task.CompletedTask;
    });

    private Task<FleetUpdate> Told() => _told.Reader.ReadAsync().AsTask().Within("an update");

    // Whether the feed has begun to wait cannot be seen from here, so time is moved on until it has.
    private async Task<FleetUpdate> ToldAsTimePasses()
    {
        var told = Told();
        while (!told.IsCompleted)
        {
            _time.Advance(LiveFeed.Beat);
            await Task.Yield();
        }

        return await told;
    }
}
