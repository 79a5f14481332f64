using System.Globalization;
using System.Text.Json;
using OrleansIot.UnderLoad;

namespace OrleansIot.GatewayAlone;

/// <summary>Every case on both servers in turn, several times: flat out, then both at half of what the slower one took.</summary>
internal static class CaseRun
{
    public static async Task<int> Run(BenchOptions options)
    {
        Console.WriteLine(
            $"200 bytes a message, {options.Rounds} rounds, the servers in turn, each warmed up; medians. {Environment.ProcessorCount} cores, shared with the load.");
        var lost = false;
        foreach (var load in BrokerCase.All.Where(load => options.Case is null || load.Name.Contains(options.Case, StringComparison.OrdinalIgnoreCase)))
        {
            var measurements = new List<CaseMeasurement>();
            for (var round = 0; round < options.Rounds; round++)
                measurements.AddRange(await Round(options.IsQuick ? load.Quick() : load, round));

            Console.WriteLine();
            Console.WriteLine(CaseReport.Table(load.Name, measurements));
            lost |= load.QoS > 0 && measurements.Any(measurement => measurement is { System: GatewayUnderLoad.SystemName, Lost: > 0 });
        }

        return lost ? 1 : 0;
    }

    private static async Task<IReadOnlyList<CaseMeasurement>> Round(BrokerCase load, int round)
    {
        var servers = new List<SystemUnderLoad>();
        try
        {
            servers.Add(await GatewayUnderLoad.Start());
            if (MosquittoAlone.IsInstalled)
                servers.Add(await MosquittoAlone.Start());
            if (round % 2 == 1)
                servers.Reverse();

            var flatOut = new List<CaseMeasurement>();
            foreach (var server in servers)
            {
                for (var run = 0; run < 2; run++)
                    await Send(load with { ReadRate = 0 }, server, load.WarmUp / (server is GatewayUnderLoad ? 2 : 20), rate: 0);
                flatOut.Add(await Measure(load, server, load.Messages, rate: 0));
            }

            if (load.ReadRate > 0)
                return [.. flatOut.Select(measurement => measurement with { P50 = null, P99 = null })];

            var rate = flatOut.Min(measurement => measurement.MessagesPerSecond) / load.CountedPerMessage / 2;
            var messages = (int)Math.Min(load.Messages, Math.Max(1, rate * 5));
            for (var i = 0; i < servers.Count; i++)
            {
                var equal = await Measure(load, servers[i], messages, rate);
                flatOut[i] = flatOut[i] with { EqualLoadCpuPerMessage = equal.CpuPerMessage, P50 = equal.P50, P99 = equal.P99, EqualLoadLost = equal.Lost };
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {load.Name}, round {round + 1}: {flatOut[i]}"));
            }

            return flatOut;
        }
        finally
        {
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }

    private static async Task<CaseMeasurement> Measure(BrokerCase load, SystemUnderLoad server, int messages, double rate)
    {
        var (published, heard, cpu) = await Send(load, server, messages, rate);
        var counted = (long)messages * load.CountedPerMessage;
        var arrived = heard is { } listeners ? listeners.GetProperty("received").GetInt64()
            : load.QoS > 0 ? published.GetProperty("acknowledged").GetInt64()
            : published.GetProperty("sent").GetInt64();
        var seconds = Math.Max(published.GetProperty("seconds").GetDouble(), heard?.GetProperty("seconds").GetDouble() ?? 0);
        JsonElement? latency = (heard ?? published).TryGetProperty("latencyMilliseconds", out var measured) ? measured : null;
        return new CaseMeasurement(server.Name, arrived / seconds, cpu.TotalMicroseconds / counted, counted - arrived, server.ResidentBytes / 1048576.0)
        {
            P50 = latency?.GetProperty("p50").GetDouble(),
            P99 = latency?.GetProperty("p99").GetDouble(),
        };
    }

    private static async Task<(JsonElement Published, JsonElement? Heard, TimeSpan Cpu)> Send(BrokerCase load, SystemUnderLoad server, int messages, double rate)
    {
        string[] common = ["--port", $"{server.Port}", "--qos", $"{load.QoS}", "--payload-bytes", "200", "--topic", "bench/devices/{id}/data"];
        string[] publish =
        [
            .. common, "--messages", $"{messages}", "--devices", "1000", "--connections", $"{load.Publishers}", "--due-times",
            "--rate", rate.ToString("0.###", CultureInfo.InvariantCulture),
        ];
        if (load.Subscribers == 0)
        {
            var cpuBefore = server.CpuTime;
            return (await SwarmRun.Run(publish), null, server.CpuTime - cpuBefore);
        }

        await using var listeners = await SwarmRun.Listen(
        [
            .. common, "--listen", "bench/#", "--messages", $"{(long)messages * load.Subscribers}", "--devices", $"{load.Subscribers}",
            "--connections", $"{load.Subscribers}", "--rate", load.ReadRate.ToString("0.###", CultureInfo.InvariantCulture), "--stall-limit", "00:00:05",
        ]);

        // A thousand CONNECTs cost as much as the deliveries of some of the slower runs.
        var cpuSubscribed = server.CpuTime;
        var published = await SwarmRun.Run(publish);
        return (published, await listeners.Ended(), server.CpuTime - cpuSubscribed);
    }
}
