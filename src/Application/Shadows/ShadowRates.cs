using Microsoft.Extensions.Options;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Application.Shadows;

/// <summary>
/// Holds what is asked of one thing's shadows to <see cref="ShadowOptions.RequestsPerSecond"/>, whoever asks and by whatever way it
/// comes to this process.
/// </summary>
public sealed class ShadowRates(IOptions<ShadowOptions> options, TimeProvider time)
{
    /// <summary>Things that are remembered of one second. Those beyond are not held to the rate.</summary>
    // At 65,536 things in a second no single one is what keeps the process busy. With names of 128 characters, two seconds of them
    // take 40 MB.
    public const int MaxThings = 65_536;

    private readonly long _second = time.TimestampFrequency;
    private readonly long _interval = options.Value.RequestsPerSecond is var perSecond and > 0 ? time.TimestampFrequency / perSecond : 0;
    private readonly Lock _lock = new();

    // Of each thing, when all that it asked will be paid off, which is a second ahead at most. So what was asked in the second before
    // the last is as good as never asked, and goes with its dictionary.
    private Dictionary<DeviceId, long> _present = [];
    private Dictionary<DeviceId, long> _past = [];
    private long _turnsAt;

    public int PerSecond => options.Value.RequestsPerSecond;

    /// <summary>How many things are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _present.Count + _past.Count;
        }
    }

    /// <summary>Counts a request, or answers how long the thing has to wait for one to be taken. What is refused does not count.</summary>
    public bool TryTake(DeviceId thing, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (_interval == 0)
            return true;

        lock (_lock)
        {
            var now = time.GetTimestamp();
            Turn(now);
            var isPresent = _present.TryGetValue(thing, out var paidAt);
            if (!isPresent)
                _past.TryGetValue(thing, out paidAt);

            var start = Math.Max(paidAt, now);
            var takesFrom = start - (_second - _interval);
            if (takesFrom > now)
            {
                wait = time.GetElapsedTime(now, takesFrom);
                return false;
            }

            if (isPresent || _present.Count < MaxThings)
                _present[thing] = start + _interval;
            return true;
        }
    }

    private void Turn(long now)
    {
        if (now < _turnsAt)
            return;

        (_past, _present) = (_present, _past);
        _present.Clear();
        if (now - _turnsAt >= _second)
            _past.Clear();
        _turnsAt = now + _second;
    }
}
