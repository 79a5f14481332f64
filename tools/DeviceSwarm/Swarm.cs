using OrleansIot.Mqtt.Codec;

namespace OrleansIot.DeviceSwarm;

/// <summary>
/// Many simulated devices that publish telemetry over a few real MQTT connections: the load of benchmarks and crash tests.
/// Each message carries its number within the device as metric <c>seq</c>, so what a server stored can be checked exactly.
/// </summary>
public sealed class Swarm
{
    // Opening all at once would overflow the backlog of a listening socket.
    private const int OpenedAtOnce = 64;

    private readonly SwarmOptions _options;
    private readonly TimeProvider _time;

    /// <exception cref="ArgumentException">The options have problems; the message names each and its mend.</exception>
    public Swarm(SwarmOptions options, TimeProvider time)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));

        _options = options;
        _time = time;
    }

    /// <summary>Opens the connections, sends everything, waits for the answers.</summary>
    /// <param name="stopSending">Ends the run early: nothing new is sent, and what is under way is still waited for.</param>
    public async Task<SwarmResult> Run(CancellationToken stopSending = default)
    {
        var template = new TelemetryTemplate(_options);
        await using var ackLog = _options.AckLog is { } path ? new AckLog(path, _options.Connections, _time) : null;
        var connections = new SwarmConnection[_options.Connections];
        for (var i = 0; i < connections.Length; i++)
            connections[i] = new SwarmConnection(_options, i, template, ackLog?.Of(i), _time);

        try
        {
            var opening = _time.GetTimestamp();
            await Parallel.ForEachAsync(
                connections,
                new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce },
                async (connection, _) => await connection.Open(stopSending));

            var start = _time.GetTimestamp();
            var cpuBefore = Environment.CpuUsage.TotalTime;
            using (var stalls = WatchForStalls(connections))
                await Task.WhenAll(connections.Select(connection => Task.Run(() => connection.Run(stopSending))));

            return Sum(
                connections,
                connectDuration: _time.GetElapsedTime(opening, start),
                duration: _time.GetElapsedTime(start, connections.Max(connection => connection.FinishedAt)),
                cpuTime: Environment.CpuUsage.TotalTime - cpuBefore);
        }
        finally
        {
            foreach (var connection in connections)
                connection.Dispose();
        }
    }

    // One timer for all: a time limit on every read and write would cost more than the reads and writes.
    private ITimer WatchForStalls(SwarmConnection[] connections) => _time.CreateTimer(
        _ =>
        {
            foreach (var connection in connections)
                connection.BreakIfStalled();
        },
        state: null,
        dueTime: TimeSpan.FromSeconds(0.5),
        period: TimeSpan.FromSeconds(0.5));

    private SwarmResult Sum(SwarmConnection[] connections, TimeSpan connectDuration, TimeSpan duration, TimeSpan cpuTime)
    {
        var tallies = connections.Select(connection => connection.Tally).ToArray();
        var latency = new LatencyHistogram();
        var refused = new SortedDictionary<MqttReasonCode, long>();
        foreach (var tally in tallies)
        {
            latency.Add(tally.Latency);
            foreach (var (reason, count) in tally.Refused)
                refused[reason] = refused.GetValueOrDefault(reason) + count;
        }

        return new SwarmResult(
            _options.RunId,
            tallies.Sum(tally => tally.Sent),
            tallies.Sum(tally => tally.Resent),
            tallies.Sum(tally => tally.Acknowledged),
            refused,
            connections.Sum(connection => (long)connection.Unacknowledged),
            connections.Sum(connection => connection.Unsent),
            connectDuration,
            duration,
            latency.Summary(),
            cpuTime,
            tallies.Sum(tally => tally.ConnectionErrors),
            tallies.Count(tally => tally.IsLost),
            tallies.Select(tally => tally.FirstError).FirstOrDefault(error => error is not null));
    }
}
