using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Gateway.Limits;

/// <summary>
/// The bytes that all subscribers' queues may hold together (<see cref="MqttGatewayOptions.OutboundBytes"/>). As it fills, long
/// queues feel it first: QoS 0 may fill half of it and the rest three quarters, each queue no more than what is then left of
/// that; what remains is for the short queues of subscribers that keep up.
/// </summary>
internal sealed class OutboundBudget(long limit)
{
    // One write to a socket: who keeps up has seldom more.
    internal const int ShortQueueBytes = 64 * 1024;

    private long _used;

    public long Used => Volatile.Read(ref _used);

    public static long LimitOf(MqttGatewayOptions options) =>
        options.OutboundBytes ?? Math.Max(MqttGatewayOptions.LeastOutboundBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4);

    /// <summary>Takes room for a message; false when its queue may not grow now.</summary>
    /// <param name="queued">Bytes that the queue holds already.</param>
    public bool TryTake(long queued, int size, MqttQoS qos)
    {
        while (true)
        {
            var used = Volatile.Read(ref _used);
            if (used + size > limit)
                return false;

            var share = qos == MqttQoS.AtMostOnce ? limit / 2 : limit / 4 * 3;
            if (queued + size > ShortQueueBytes && queued + size > share - used)
                return false;
            if (Interlocked.CompareExchange(ref _used, used + size, used) == used)
                return true;
        }
    }

    /// <summary>Without asking: what was there before, and what has gone.</summary>
    public void Change(long bytes) => Interlocked.Add(ref _used, bytes);
}
