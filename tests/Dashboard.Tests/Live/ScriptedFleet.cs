using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansIot.Application.Fleet;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Dashboard.Tests.Live;

/// <summary>A fleet whose changes the test tells one by one; <see cref="Tell"/> completes when the watcher has taken the change in.</summary>
internal sealed class ScriptedFleet : IFleet
{
    private readonly Channel<(FleetChange? Change, TaskCompletionSource Taken)> _script = Channel.CreateUnbounded<(FleetChange?, TaskCompletionSource)>();

    public FleetCounts Counted { get; set; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    public Exception? CountFailure { get; set; }

    public static Twin TwinAt(string device, long version) => new(DeviceId.Parse(device)) { Version = version };

    public static FleetChange Reading(string device, long version) =>
        new FleetChange.ReadingArrived(TwinAt(device, version), new Reading(new Instant(version), new Instant(version), []));

    public Task Tell(FleetChange change) => Next(change);

    /// <summary>The watch ends by an exception.</summary>
    public Task Break() => Next(null);

    public ValueTask<FleetCounts> Counts(CancellationToken cancellation = default) =>
        CountFailure is null ? new(Counted) : ValueTask.FromException<FleetCounts>(CountFailure);

    public ValueTask<FleetParts> Parts(CancellationToken cancellation = default) => new(FleetParts.Of([]));

    public ValueTask<DevicePage> List(DeviceQuery query, CancellationToken cancellation = default) => new(new DevicePage([], 0, null));

    public async IAsyncEnumerable<FleetChange> Watch(FleetFilter filter, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (change, taken) in _script.Reader.ReadAllAsync(cancellation))
        {
            if (change is null)
            {
                taken.SetResult();
                throw new InvalidOperationException("The watch broke, as the test asked.");
            }

            yield return change;
            taken.SetResult(); // the watcher came back for the next one
        }
    }

    private Task Next(FleetChange? change)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Writer.TryWrite((change, taken));
        return taken.Task.Within("the watcher to take it");
    }
}
