using System.Diagnostics;

namespace OrleansIot.UnderLoad;

/// <summary>What one system did in one round.</summary>
/// <param name="CpuPerMessage">Microseconds of processor time of the server and its consumer.</param>
/// <param name="P50">Publish to PUBACK flat out, milliseconds; likewise the 99th percentile, and both at half that rate.</param>
/// <param name="Complete">Whether every message was acknowledged.</param>
public sealed record Measurement(string System, double MessagesPerSecond, double CpuPerMessage, double P50, double P99, double ResidentMegabytes, double SwarmCpuPerMessage, bool Complete)
{
    /// <summary>Until the last acknowledgement; <see cref="MessagesPerSecond"/> is until the last message was dealt with.</summary>
    public double AcknowledgedPerSecond { get; init; }

    public double HalfLoadP50 { get; init; }

    public double HalfLoadP99 { get; init; }

    // What a paced run needs that a warm-up flat out did not: the swarm is a new process, and takes other ways through its code and
    // the server's, which both compile meanwhile.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    public static Task<Measurement> Take(LoadOptions options, SystemUnderLoad system) => Take(options, system, rate: 0, default);

    /// <param name="rate">Messages a second. The first two seconds come on top and do not count in the latency.</param>
    public static Task<Measurement> TakePaced(LoadOptions options, SystemUnderLoad system, double rate) =>
        Take(options with { Messages = options.Messages + (int)(rate * Settle.TotalSeconds) }, system, rate, Settle);

    private static async Task<Measurement> Take(LoadOptions options, SystemUnderLoad system, double rate, TimeSpan settle)
    {
        var cpuBefore = system.CpuTime;
        var result = await SwarmRun.Run(options, system.Port, options.Messages, rate, settle);
        var ended = Stopwatch.GetTimestamp();
        await system.Finished(options.Messages);
        var late = Stopwatch.GetElapsedTime(ended);
        var cpu = system.CpuTime - cpuBefore;
        var sent = result.GetProperty("sent").GetInt64();
        var latency = result.GetProperty("latencyMilliseconds");
        return new Measurement(
            system.Name,
            sent / ((sent / result.GetProperty("messagesPerSecond").GetDouble()) + late.TotalSeconds),
            cpu.TotalMicroseconds / sent,
            latency.GetProperty("p50").GetDouble(),
            latency.GetProperty("p99").GetDouble(),
            system.ResidentBytes / 1048576.0,
            result.GetProperty("cpuMicrosecondsPerMessage").GetDouble(),
            result.GetProperty("acknowledged").GetInt64() == options.Messages)
        {
            AcknowledgedPerSecond = result.GetProperty("messagesPerSecond").GetDouble(),
        };
    }
}
