using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Telemetry;
using OrleansIot.Dashboard.Live;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Dashboard.Tests.Live;

public sealed class FleetPulseTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly ScriptedFleet _fleet = new();
    private readonly FleetPulse _pulse;

    public FleetPulseTests() => _pulse = new FleetPulse(_fleet, new SteadyIngest(), _time, NullLogger<FleetPulse>.Instance);

    [Fact]
    public async Task A_beat_tells_the_counts_the_rate_and_the_latency()
    {
        _fleet.Counted = new FleetCounts(3, 2, 1, 0, 0, 1, 1, 0);

        await Beat(() => _pulse.StartAsync(CancellationToken.None));

        Assert.Equal((3, 41d, 8d), (_pulse.Latest.Counts!.Devices, _pulse.Latest.ReadingsPerSecond, _pulse.Latest.ReceiveToCommit!.Value.TotalMilliseconds));
    }

    [Fact]
    public async Task Every_fourth_sample_is_kept_and_no_more_than_two_minutes_of_them()
    {
        await Beat(() => _pulse.StartAsync(CancellationToken.None));
        for (var i = 1; i < (FleetPulse.Kept + 5) * FleetPulse.KeepEvery; i++)
            await Beat(PassTime);

        Assert.Equal(FleetPulse.Kept, _pulse.Samples.Length);
    }

    [Fact]
    public async Task A_fleet_that_cannot_be_counted_leaves_the_last_numbers_standing_and_the_pulse_goes_on()
    {
        _fleet.Counted = new FleetCounts(3, 3, 0, 0, 0, 0, 0, 0);
        await Beat(() => _pulse.StartAsync(CancellationToken.None));

        _fleet.CountFailure = new IOException("As the test asked.");
        await PassTime();
        Assert.Equal(3, _pulse.Latest.Counts!.Devices);

        _fleet.CountFailure = null;
        _fleet.Counted = new FleetCounts(4, 4, 0, 0, 0, 0, 0, 0);
        await Beat(PassTime);
        Assert.Equal(4, _pulse.Latest.Counts!.Devices);
    }

    public async ValueTask DisposeAsync()
    {
        await _pulse.StopAsync(CancellationToken.None);
        _pulse.Dispose();
    }

    private Task PassTime()
    {
        _time.Advance(FleetPulse.Period);
        return Task.CompletedTask;
    }

    private async Task Beat(Func<Task> cause)
    {
        var beat = new TaskCompletionSource();
        void Note() => beat.TrySetResult();
        _pulse.Beat += Note;
        await cause();
        await beat.Task.Within("a beat");
        _pulse.Beat -= Note;
    }

    private sealed class SteadyIngest : IIngestStatistics
    {
        public ImmutableArray<double> ReadingsPerSecond => [40, 41];

        public TimeSpan? ReceiveToCommitP99 => TimeSpan.FromMilliseconds(8);

        public ImmutableArray<RefusedMessage> RecentRefusals => [];
    }
}
