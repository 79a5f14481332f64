namespace OrleansIot.DeviceSwarm;

/// <summary>Connections that subscribe and count: the other side of a broker that a swarm publishes to.</summary>
public sealed class Listeners
{
    // Opening all at once would overflow the backlog of a listening socket.
    private const int OpenedAtOnce = 64;

    private readonly SwarmOptions _options;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The options have problems; the message names each and its mend.</exception>
    public Listeners(SwarmOptions options, TimeProvider time)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));

        _options = options;
        _time = time;
    }

    /// <summary>Subscribes, tells so, and receives until all messages have come or none has for the stall limit.</summary>
    public async Task<ListenResult> Run(Action listening, CancellationToken stop = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var listeners = new Listener[_options.Connections];
        for (var i = 0; i < listeners.Length; i++)
            listeners[i] = new Listener(_options, i, _time);

        try
        {
            await Parallel.ForEachAsync(listeners, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce }, async (listener, _) => await listener.Open(stop));
            listening();
            using (Watch(listeners, ending))
                await Task.WhenAll(listeners.Select(listener => Task.Run(() => listener.Run(ending.Token))));

            return Sum(listeners);
        }
        finally
        {
            foreach (var listener in listeners)
                listener.Dispose();
        }
    }

    private ITimer Watch(Listener[] listeners, CancellationTokenSource ending)
    {
        var (seen, since) = (0L, _time.GetTimestamp());
        return _time.CreateTimer(
            _ =>
            {
                var received = listeners.Sum(listener => listener.Received);
                if (received != seen)
                    (seen, since) = (received, _time.GetTimestamp());
                if (received >= _options.Messages || _time.GetElapsedTime(since) > _options.StallLimit)
                    ending.Cancel();
            },
            state: null,
            dueTime: TimeSpan.FromSeconds(0.05),
            period: TimeSpan.FromSeconds(0.05));
    }

    private ListenResult Sum(Listener[] listeners)
    {
        var latency = new LatencyHistogram();
        foreach (var listener in listeners)
            latency.Add(listener.Latency);

        var heard = listeners.Where(listener => listener.Received > 0).ToList();
        return new ListenResult(
            heard.Sum(listener => listener.Received),
            heard.Count == 0 ? TimeSpan.Zero : _time.GetElapsedTime(heard.Min(listener => listener.FirstAt), heard.Max(listener => listener.LastAt)),
            latency.Summary(),
            heard.Count == 0 ? TimeSpan.Zero : Environment.CpuUsage.TotalTime - heard.Min(listener => listener.CpuBefore),
            listeners.Count(listener => listener.Error is not null),
            listeners.Select(listener => listener.Error).FirstOrDefault(error => error is not null));
    }
}
