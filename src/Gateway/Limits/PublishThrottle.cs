using OrleansIot.Gateway.Connections;

namespace OrleansIot.Gateway.Limits;

/// <summary>
/// Holds one client to <see cref="MqttGatewayOptions.PublishesPerSecond"/> and <see cref="MqttGatewayOptions.PublishBytesPerSecond"/>:
/// its next message waits, and its socket with it, whatever the QoS. Belongs to the connection's reader.
/// </summary>
internal sealed class PublishThrottle : IDisposable
{
    // Timers are no finer, and none of less is worth its cost.
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly GatewayMetrics _metrics;
    private readonly ITimer _timer;
    private TokenBucket _messages;
    private TokenBucket _bytes;
    private long? _waitingSince;

    private PublishThrottle(MqttGatewayOptions options, TimeProvider time, GatewayMetrics metrics, Action onRoom)
    {
        (_time, _metrics) = (time, metrics);
        var now = time.GetTimestamp();
        _messages = new TokenBucket(options.PublishesPerSecond, now);
        _bytes = new TokenBucket(options.PublishBytesPerSecond, now);
        _timer = time.CreateTimer(static onRoom => ((Action)onRoom!)(), onRoom, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Null where there is no limit.</summary>
    /// <param name="onRoom">Called when a message that had to wait may be tried again; on any thread.</param>
    public static PublishThrottle? For(GatewayParts gateway, Action onRoom) =>
        gateway.Options is { PublishesPerSecond: 0, PublishBytesPerSecond: 0 }
            ? null
            : new PublishThrottle(gateway.Options, gateway.Time, gateway.Metrics, onRoom);

    /// <summary>Whether another message may pass now; if not, it is told when.</summary>
    public bool HasRoom(long now)
    {
        _messages.Fill(_time, now);
        _bytes.Fill(_time, now);
        if (_messages.HasRoom && _bytes.HasRoom)
        {
            if (_waitingSince is { } since)
                _metrics.PublishThrottled(_time.GetElapsedTime(since, now));
            _waitingSince = null;
            return true;
        }

        _waitingSince ??= now;
        var wait = _messages.UntilRoom > _bytes.UntilRoom ? _messages.UntilRoom : _bytes.UntilRoom;
        _timer.Change(wait > ShortestWait ? wait : ShortestWait, Timeout.InfiniteTimeSpan);
        return false;
    }

    /// <summary>Counts a message that was taken, and answers whether it was: one that waits for another reason is not counted twice.</summary>
    public bool Count(bool isTaken, int bytes)
    {
        if (isTaken)
        {
            _messages.Take(1);
            _bytes.Take(bytes);
        }

        return isTaken;
    }

    public void Dispose() => _timer.Dispose();
}
