using System.Diagnostics;

namespace OrleansIot.Cluster;

/// <summary>The same number of calls from the same number of callers, whatever they call.</summary>
internal static class GrainCalls
{
    private const int Devices = 1_000;
    private const int Callers = 64;

    /// <param name="call">Calls the device of that number (0 to 999) with the reading of that number.</param>
    public static async Task<CallCost> Measure(int calls, Func<int, int, ValueTask> call)
    {
        var (started, cpuBefore) = (Stopwatch.GetTimestamp(), Cpu());
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; i < calls; i += Callers)
                await call(i % Devices, i);
        })));

        return new CallCost((Cpu() - cpuBefore).TotalMicroseconds / calls, calls / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static TimeSpan Cpu()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }
}

/// <param name="Cpu">Microseconds of processor time a call, the caller's share included.</param>
internal readonly record struct CallCost(double Cpu, double PerSecond);
