using System.Diagnostics;
using System.Globalization;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.UnderLoad;

/// <summary>A server that takes MQTT on a loopback port, with what belongs to it.</summary>
public abstract class SystemUnderLoad(string name, int port, params ChildProcess[] processes) : IAsyncDisposable
{
    // Linux counts processor time in hundredths of a second, on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan FinishLimit = TimeSpan.FromMinutes(5);

    public string Name { get; } = name;

    public int Port { get; } = port;

    /// <summary>By how much its rounds are shorter than those of the others, because it is so much slower that they would take hours.</summary>
    public virtual int ShorterBy => 1;

    /// <summary>Processor time so far of the server and of what consumes its messages.</summary>
    public TimeSpan CpuTime => TimeSpan.FromSeconds(processes.Sum(process => CpuTicks(process.Id)) / TicksPerSecond);

    /// <summary>Resident memory of the server.</summary>
    public long ResidentBytes => ResidentPages(processes[0].Id) * Environment.SystemPageSize;

    /// <summary>Completes when everything that was sent is dealt with; at once where an acknowledgement says so.</summary>
    /// <param name="messages">How many more were sent.</param>
    public virtual Task Finished(long messages) => Task.CompletedTask;

    /// <summary>Looks again and again until it is so.</summary>
    /// <exception cref="TimeoutException">Not within five minutes: a message was lost, or never will be dealt with.</exception>
    protected async Task Until(Func<Task<bool>> isFinished, TimeSpan betweenLooks)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isFinished())
        {
            if (Stopwatch.GetElapsedTime(started) > FinishLimit)
                throw new TimeoutException($"{Name} has not dealt with all messages within {FinishLimit.TotalMinutes:0} minutes.");

            await Task.Delay(betweenLooks, TimeProvider.System);
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            await process.DisposeAsync();
    }

    private static long CpuTicks(int process)
    {
        // The name in parentheses may hold blanks; what follows it is field 3 on, so user and system time (14, 15) are at 11 and 12.
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }

    private static long ResidentPages(int process) =>
        long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture);
}
