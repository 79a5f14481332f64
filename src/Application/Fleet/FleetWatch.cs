using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace OrleansIot.Application.Fleet;

/// <summary>What one watcher has not read yet, in a queue of its own. One reader.</summary>
public sealed class FleetWatch : IDisposable
{
    // A second of 8,000 readings/s; a dashboard or stream that is further behind shows the newest anyway.
    private const int QueueLength = 8_192;

    private readonly FleetFilter _filter;
    private readonly Action<FleetWatch> _close;
    private readonly Channel<FleetChange> _queue;
    private long _missed;

    internal FleetWatch(FleetFilter filter, Action<FleetWatch> close)
    {
        _filter = filter;
        _close = close;
        var options = new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _queue = Channel.CreateBounded<FleetChange>(options, dropped => Interlocked.Add(ref _missed, dropped.Missed + 1));
    }

    /// <summary>False once it was disposed of.</summary>
    public ValueTask<bool> WaitToRead(CancellationToken cancellation) => _queue.Reader.WaitToReadAsync(cancellation);

    public bool TryRead([NotNullWhen(true)] out FleetChange? change)
    {
        if (!_queue.Reader.TryRead(out change))
            return false;

        var missed = Interlocked.Exchange(ref _missed, 0);
        if (missed > 0)
            change = change with { Missed = change.Missed + missed };

        return true;
    }

    public void Dispose()
    {
        _close(this);
        _queue.Writer.TryComplete();
    }

    internal void Offer(FleetChange change)
    {
        if (Wants(change))
            _queue.Writer.TryWrite(change);
    }

    private bool Wants(FleetChange change) => change switch
    {
        FleetChange.OutageChanged => _filter.Device is null,
        FleetChange.ShadowChanged => change.Twin.Device == _filter.Device,
        FleetChange.ReadingArrived => _filter.Readings && IsOfMine(change),
        _ => IsOfMine(change),
    };

    private bool IsOfMine(FleetChange change) => _filter.Device is null || change.Twin.Device == _filter.Device;
}
