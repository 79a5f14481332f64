using System.Diagnostics;
using System.Globalization;
using OrleansIot.UnderLoad;

namespace OrleansIot.GatewayAlone;

/// <summary>Many connections that say CONNECT and then nothing.</summary>
internal static class IdleRun
{
    // The connections of warming up, the runtime's own files, listeners and the like.
    private const int OtherFiles = 500;

    public static async Task<int> Run(BenchOptions options, int wanted)
    {
        var connections = Math.Min(wanted, FilesAllowed() - OtherFiles);
        if (connections < wanted)
            Console.WriteLine($"NOT AS ASKED: this shell lets a process have {FilesAllowed():N0} files (ulimit -Hn), so {connections:N0} connections instead of {wanted:N0}.");

        // Debian's version opens no listening socket for WebSocket on machines like the one this was written on.
        var isCompared = MosquittoAlone.IsInstalled && options.Wire != Wire.WebSocket;
        if (!isCompared)
            Console.WriteLine("NOT COMPARED with mosquitto: not installed, or over WebSocket, where 2.0.11 opens no socket.");

        using var certificate = options.Wire == Wire.Tls ? new ServerCertificate() : null;
        Console.WriteLine($"{connections:N0} idle connections over {options.Wire}, {options.Rounds} rounds; medians.");
        var results = new List<IdleResult>();
        for (var round = 0; round < options.Rounds; round++)
        {
            results.Add(await Measure(await GatewayUnderLoad.Start(options.Wire, certificate), connections, options.Wire, certificate));
            if (isCompared)
                results.Add(await Measure(await MosquittoAlone.Start(options.Wire, certificate), connections, options.Wire, certificate));
        }

        Console.WriteLine();
        Console.WriteLine("| idle connections | bytes each, resident | bytes each, settled | bytes each, heap | base MB | connects/s | all connected, s | CPU µs/connect |\n|---|---|---|---|---|---|---|---|");
        foreach (var system in results.GroupBy(result => result.System))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {system.Key} | {Median(system, r => r.Resident):N0} | {Median(system, r => r.Settled):N0} | {Median(system, r => r.Heap):N0} | {Median(system, r => r.BaseMegabytes):0} | {Median(system, r => r.ConnectsPerSecond):N0} | {Median(system, r => connections / r.ConnectsPerSecond):0.0} | {Median(system, r => r.CpuPerConnect):0} |"));
        }

        return 0;
    }

    private static async Task<IdleResult> Measure(SystemUnderLoad server, int connections, Wire wire, ServerCertificate? certificate)
    {
        await using var ended = server;
        using (var warmUp = new IdleConnections(server.Port, wire, certificate))
            await warmUp.Open(100, "warm-up");

        var heapBefore = await Settle(server);
        var before = server.ResidentBytes;
        var cpuBefore = server.CpuTime;
        using var idle = new IdleConnections(server.Port, wire, certificate);
        var start = Stopwatch.GetTimestamp();
        await idle.Open(connections, "idle");
        var took = Stopwatch.GetElapsedTime(start);
        var cpu = server.CpuTime - cpuBefore;

        var resident = server.ResidentBytes;
        var heap = await Settle(server);
        var result = new IdleResult(
            server.Name, (resident - before) / (double)connections, (server.ResidentBytes - before) / (double)connections, (heap - heapBefore) / (double)connections,
            before / 1048576.0, connections / took.TotalSeconds, cpu.TotalMicroseconds / connections);
        Console.WriteLine($"  {result}");
        return result;
    }

    private static async Task<long> Settle(SystemUnderLoad server)
    {
        // Both finish what they began with the last connection.
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        return server is GatewayUnderLoad ours ? await ours.Settle() : 0;
    }

    private static double Median(IEnumerable<IdleResult> results, Func<IdleResult, double> value)
    {
        double[] sorted = [.. results.Select(value).Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>The hard limit; the runtime raises a process to it by itself.</summary>
    private static int FilesAllowed()
    {
        var limits = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        return int.TryParse(limits.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture, out var hard) ? hard : int.MaxValue;
    }

    /// <param name="Resident">Bytes a connection beyond the base.</param>
    /// <param name="Settled">The same once garbage is collected.</param>
    /// <param name="Heap">Of these the managed heap's part; not known of mosquitto.</param>
    private sealed record IdleResult(
        string System, double Resident, double Settled, double Heap, double BaseMegabytes, double ConnectsPerSecond, double CpuPerConnect);
}
