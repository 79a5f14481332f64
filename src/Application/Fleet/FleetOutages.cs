using Microsoft.Extensions.Logging;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet;

/// <summary>
/// Sees when many devices go offline together, and when they are back. The devices' own status is not touched: each is told of as
/// ever, and this is told in addition.
/// </summary>
internal sealed partial class FleetOutages : IDisposable
{
    // Once nobody went for this long, or the window is over, it is told: earlier, and the count would be that of the threshold.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    // With nine of ten back it is over; those that stay away have a trouble of their own.
    private const double BackShare = 0.9;

    // Reasons are few; a protocol error's may carry anything.
    private const int MaxReasons = 100;

    private readonly Lock _lock = new();
    private readonly MassDisconnectOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<FleetChange> _tell;
    private readonly ILogger _log;
    private readonly ITimer _settling;

    // Those that went within the window, and are not back. At most the fleet.
    private readonly Dictionary<DeviceId, Instant> _recent = [];
    private readonly Queue<(DeviceId Device, Instant At)> _order = new();

    private readonly HashSet<DeviceId> _gone = [];
    private readonly Dictionary<string, int> _reasons = [];
    private FleetOutage? _current;
    private Instant _burstBegan;
    private bool _isGathering;
    private Twin? _last;

    public FleetOutages(MassDisconnectOptions options, TimeProvider time, Action<FleetChange> tell, ILogger log)
    {
        (_options, _time, _tell, _log) = (options, time, tell, log);
        _settling = time.CreateTimer(_ => Settle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>While one lasts, from when it was told.</summary>
    public FleetOutage? Current { get; private set; }

    public void Dispose() => _settling.Dispose();

    /// <param name="online">How many devices are, with this change.</param>
    public void StatusChanged(Twin after, int online)
    {
        lock (_lock)
        {
            if (after.Status == DeviceStatus.Offline)
                Left(after, online);
            else
                CameBack(after);
        }
    }

    /// <summary>Another silo's from now on.</summary>
    public void Forget(DeviceId device)
    {
        lock (_lock)
        {
            _recent.Remove(device);
            if (_gone.Remove(device) && _current is not null)
                _current = _current with { Count = _current.Count - 1 };
        }
    }

    private void Left(Twin twin, int online)
    {
        var now = Instant.From(_time.GetUtcNow());
        while (_order.TryPeek(out var oldest) && now - oldest.At > _options.Window)
        {
            _order.Dequeue();
            if (_recent.TryGetValue(oldest.Device, out var at) && at == oldest.At)
                _recent.Remove(oldest.Device);
        }

        _recent[twin.Device] = now;
        _order.Enqueue((twin.Device, now));
        _last = twin;
        CountReason(twin.StatusReason);
        if (_isGathering)
        {
            Add(twin.Device, now);
            return;
        }

        if (_recent.Count < _options.Devices || _recent.Count < _options.Share * (online + _recent.Count))
            return;

        _current ??= new FleetOutage(now, now, 0, 0, online + _recent.Count, "", []);
        foreach (var (device, at) in _order)
        {
            if (_recent.ContainsKey(device))
                Add(device, at);
        }

        _isGathering = true;
        _burstBegan = now;
        _settling.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    private void Add(DeviceId device, Instant at)
    {
        if (!_gone.Add(device))
            return;

        _current = _current! with
        {
            Since = _current.Count == 0 ? at : _current.Since,
            Until = at,
            Count = _current.Count + 1,
            Sample = _current.Sample.Length < FleetOutage.MaxSample ? _current.Sample.Add(device) : _current.Sample,
        };
    }

    private void CameBack(Twin twin)
    {
        _recent.Remove(twin.Device);
        if (!_gone.Remove(twin.Device) || _current is null)
            return;

        _current = _current with { Back = _current.Back + 1 };
        _last = twin;
        if (_isGathering)
            return;

        Current = _current;
        EndIfBack();
    }

    private void Settle()
    {
        lock (_lock)
        {
            if (!_isGathering || _current is null)
                return;

            var now = Instant.From(_time.GetUtcNow());
            if (now - _current.Until < Quiet && now - _burstBegan < _options.Window)
            {
                _settling.Change(Quiet, Timeout.InfiniteTimeSpan);
                return;
            }

            _isGathering = false;
            _current = _current with { Reason = _reasons.MaxBy(reason => reason.Value).Key };
            _reasons.Clear();
            Current = _current;
            LogLost(_current.Text, string.Join(", ", _current.Sample));
            _tell(new FleetChange.OutageChanged(_last!, _current));
            EndIfBack();
        }
    }

    private void EndIfBack()
    {
        if (_current!.Back < BackShare * _current.Count)
            return;

        var over = _current with { BackAt = Instant.From(_time.GetUtcNow()) };
        (_current, Current) = (null, null);
        _gone.Clear();
        LogBack(over.Text);
        _tell(new FleetChange.OutageChanged(_last!, over));
    }

    private void CountReason(string reason)
    {
        // Those of single devices that went long before say nothing of the next burst.
        if (!_isGathering && _recent.Count == 1)
            _reasons.Clear();

        if (_reasons.TryGetValue(reason, out var count) || _reasons.Count < MaxReasons)
            _reasons[reason] = count + 1;
    }

    [LoggerMessage(1020, LogLevel.Warning, "{What}: {Sample}, …")]
    private partial void LogLost(string what, string sample);

    [LoggerMessage(1021, LogLevel.Information, "{What}")]
    private partial void LogBack(string what);
}
