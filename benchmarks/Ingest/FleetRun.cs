using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OrleansIot.UnderLoad;

namespace OrleansIot.Ingest;

/// <summary>
/// A large fleet on one host: what each twin that is in use takes of its memory, and how long the host takes from its start to the
/// first read that it serves: after it was stopped, and after it was killed in the middle of its work.
/// </summary>
internal static partial class FleetRun
{
    private const string Settings = "--Agent:Enabled=false";

    public static async Task Run(int twins, int perTwin, int rules)
    {
        var folder = HostUnderLoad.NewFolder();
        try
        {
            await using (var host = await HostUnderLoad.Start("OrleansIot Standalone", "Standalone", folder, Settings))
            {
                await LoadRules.Put(host.Api, rules);
                await Send(host, 1_000, 20_000); // what the code itself takes is there before
                var (residentBefore, heapBefore) = (host.ResidentBytes, await Heap(host));
                await Send(host, twins, twins * perTwin);
                var (resident, heap) = (host.ResidentBytes, await Heap(host));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{twins:N0} twins, {perTwin} readings of 6 metrics each, {rules} rules: {(resident - residentBefore) / twins:N0} bytes resident per twin, {(heap - heapBefore) / twins:N0} of the heap after its last collection"));
                await host.Stop();
            }

            await FirstRead(folder, "after a stop", async host =>
            {
                // Goes on from where the first ended: sequence numbers begin anew, as those of new devices do not matter here.
                await Send(host, twins, twins * 5);
                await host.DisposeAsync(); // killed
            });
            await FirstRead(folder, "after a kill", _ => Task.CompletedTask);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FirstRead(string folder, string name, Func<HostUnderLoad, Task> then)
    {
        var watch = Stopwatch.StartNew();
        await using var host = await HostUnderLoad.Start("OrleansIot Standalone", "Standalone", folder, Settings);
        using var http = new HttpClient { BaseAddress = host.Api };
        (await http.GetAsync(new Uri("/api/v1/devices/swarm-0", UriKind.Relative))).EnsureSuccessStatusCode();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first read {name}: {watch.Elapsed.TotalSeconds:0.0} s from the start of the process"));
        await then(host);
    }

    private static async Task Send(HostUnderLoad host, int devices, int messages) => await SwarmRun.Run(
        "--port", $"{host.Port}", "--messages", $"{messages}", "--devices", $"{devices}", "--connections", "50", "--payload-bytes", "200", "--rate", "0", "--qos", "1");

    private static async Task<double> Heap(HostUnderLoad host)
    {
        using var http = new HttpClient { BaseAddress = host.Api };
        var text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return HeapSizes().Matches(text).Sum(match => double.Parse(match.Groups["bytes"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^dotnet_gc_last_collection_heap_size_bytes\{[^}]*\} (?<bytes>\S+)", RegexOptions.Multiline)]
    private static partial Regex HeapSizes();
}
