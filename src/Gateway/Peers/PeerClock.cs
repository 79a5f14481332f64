namespace OrleansIot.Gateway.Peers;

/// <summary>
/// Stamps what happens here. Each stamp is after all that were given or heard of before, so that whoever overwrites what it
/// has seen wins, however far the clocks of two machines are apart.
/// </summary>
internal sealed class PeerClock(TimeProvider time, GatewayRun run)
{
    private long _last;

    public PeerStamp Next()
    {
        var now = time.GetUtcNow().UtcTicks;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return new PeerStamp(next, run.Value);
        }
    }

    public void Heard(PeerStamp stamp)
    {
        for (var last = Volatile.Read(ref _last); stamp.Ticks > last; last = Volatile.Read(ref _last))
            Interlocked.CompareExchange(ref _last, stamp.Ticks, last);
    }
}
