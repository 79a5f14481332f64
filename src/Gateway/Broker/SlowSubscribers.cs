using Microsoft.Extensions.Options;

namespace OrleansIot.Gateway.Broker;

/// <summary>What all subscribers have in common that hold up who publishes to them: for how long, and whether there are any.</summary>
internal sealed class SlowSubscribers(IOptions<MqttGatewayOptions> options, TimeProvider time, GatewayMetrics metrics)
{
    // Who reads steadily is through with an eighth of its queue in this many times ShedAfter, or is not worth waiting for.
    private const int LongestTimes = 10;

    // Nobody is told that QoS 0 was not taken, so its sender waits out no more than a burst.
    private const int ShareOfQoS0 = 10;

    private int _count;

    public TimeProvider Time => time;

    public GatewayMetrics Metrics => metrics;

    /// <summary>Whether there are any. Without a lock: asked for every message.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    public void Change(int count) => Interlocked.Add(ref _count, count);

    /// <summary>For how long a subscriber may go on to hold up messages.</summary>
    /// <param name="since">When it fell behind.</param>
    /// <param name="lastTaken">When it last took a message, or fell behind.</param>
    public TimeSpan Left(long since, long lastTaken, long now, bool isQoS0)
    {
        var limit = isQoS0 ? options.Value.ShedAfter / ShareOfQoS0 : options.Value.ShedAfter;
        var ofSilence = limit - time.GetElapsedTime(lastTaken, now);
        var ofAll = (limit * LongestTimes) - time.GetElapsedTime(since, now);
        return ofSilence < ofAll ? ofSilence : ofAll;
    }
}
