using OrleansIot.Application.Fleet;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Twins;

/// <summary>The fleet's changes from the moment this is made.</summary>
internal sealed class Watched : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly IAsyncEnumerator<FleetChange> _changes;
    private Task<bool> _next;

    public Watched(IFleet fleet, FleetFilter? filter = null)
    {
        _changes = fleet.Watch(filter ?? FleetFilter.All, _end.Token).GetAsyncEnumerator();
        // Watching begins with the first step.
        _next = _changes.MoveNextAsync().AsTask();
    }

    public async Task<FleetChange> Until(string what, Func<FleetChange, bool> isIt)
    {
        while (true)
        {
            Assert.True(await _next.Within(what));
            var change = _changes.Current;
            _next = _changes.MoveNextAsync().AsTask();
            if (isIt(change))
                return change;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await _next;
        }
        catch (OperationCanceledException)
        {
            // Ended as asked.
        }

        await _changes.DisposeAsync();
        _end.Dispose();
    }
}
