namespace OrleansIot.DeviceSwarm;

/// <summary>
/// Which messages one connection sends, and when. Devices are dealt out to the connections in turn; within a connection they
/// take turns as well, so that all devices of a swarm end with the same number of messages, give or take one.
/// </summary>
internal sealed class Workload
{
    private readonly SwarmOptions _options;
    private readonly int _connection;
    private readonly long _total;
    private readonly double _ticksBetweenMessages;
    private readonly long _durationTicks;
    private int _nextDevice;
    private long _sequence = 1;
    private long _taken;
    private long _start;

    /// <param name="options">The whole swarm's.</param>
    /// <param name="connection">Number of the connection, from 0.</param>
    /// <param name="ticksPerSecond">Of the clock that <see cref="Start"/> and the others are told.</param>
    public Workload(SwarmOptions options, int connection, long ticksPerSecond)
    {
        _options = options;
        _connection = connection;
        _nextDevice = connection;
        _total = options.Messages is { } messages ? ShareOf(messages) : long.MaxValue;
        _durationTicks = options.Duration is { } duration ? (long)(duration.TotalSeconds * ticksPerSecond) : long.MaxValue;

        var ownRate = options.Rate * DevicesBefore(options.Devices) / options.Devices;
        _ticksBetweenMessages = ownRate > 0 ? ticksPerSecond / ownRate : 0;
    }

    /// <summary>Whether messages keep a rate; otherwise each is due at once.</summary>
    public bool IsPaced => _ticksBetweenMessages > 0;

    /// <summary>How many messages of a given total were never taken.</summary>
    public long Left => _total == long.MaxValue ? 0 : _total - _taken;

    /// <summary>When the next message is due. Connections are staggered, so that a slow swarm does not send in bursts.</summary>
    public long NextDue => _start + (long)((_taken + ((double)_connection / _options.Connections)) * _ticksBetweenMessages);

    public void Start(long now) => _start = now;

    public bool IsOver(long now) => _taken == _total || now - _start >= _durationTicks;

    /// <summary>When the given duration is over; far away without one.</summary>
    public long End => _durationTicks == long.MaxValue ? long.MaxValue : _start + _durationTicks;

    public SwarmMessage Take(long unixMilliseconds)
    {
        var message = new SwarmMessage(_nextDevice, _sequence, unixMilliseconds);
        _taken++;
        _nextDevice += _options.Connections;
        if (_nextDevice >= _options.Devices)
        {
            _nextDevice = _connection;
            _sequence++;
        }

        return message;
    }

    // Every device gets the same number, and the first few one more until the total is reached.
    private long ShareOf(long messages) =>
        (messages / _options.Devices * DevicesBefore(_options.Devices)) + DevicesBefore((int)(messages % _options.Devices));

    // How many of the first devices are this connection's.
    private int DevicesBefore(int device) =>
        (Math.Max(0, device - _connection) + _options.Connections - 1) / _options.Connections;
}
