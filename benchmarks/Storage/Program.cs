using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Benchmarks.Storage;
using OrleansIot.Storage.Sqlite;

// Appends single readings of six metrics from many devices at once, each waiting for its commit, and reports what a reading
// costs. Arguments: devices, readings per device. Figures of one machine compare two versions of the code, nothing else.
// "sessions" and a number of appends measures those instead (see SessionBenchmark); "history" and a number of devices, chunks,
// roll-ups and charts (see HistoryBenchmark); "growth" how the cost grows with what is stored (see GrowthBenchmark): sizes as
// millions of events, devices and seconds between readings, 1:1000:5 10:10000:5 where none is given, 50 million at most;
// "twins" what a twin takes of the heap, and how long a start takes (see TwinsBenchmark): twins and readings of each, 20000 and 130
// where none is given, and "types" for the heap by type; "commits" what the group commit's settings are worth (see CommitBenchmark).
if (args is ["commits"])
{
    CommitBenchmark.Run();
    return;
}

if (args is ["sessions", ..])
{
    await new SessionBenchmark(args.Length > 1 ? int.Parse(args[1]) : 400).Run();
    return;
}

if (args is ["growth", .. var sizes])
{
    await new GrowthBenchmark(GrowthBenchmark.Sizes(sizes)).Run();
    return;
}

if (args is ["twins", .. var fleet])
{
    var numbers = fleet.Where(arg => arg != "types").Select(int.Parse).ToArray();
    await new TwinsBenchmark(numbers is [var count, ..] ? count : 20_000, numbers is [_, var each] ? each : 130).Run(byType: fleet.Contains("types"));
    return;
}

if (args is ["history", ..])
{
    await new HistoryBenchmark(args.Length > 1 ? int.Parse(args[1]) : 100).Run();
    return;
}

var devices = args.Length > 0 ? int.Parse(args[0]) : 2_000;
var readings = args.Length > 1 ? int.Parse(args[1]) : 500;
var directory = Directory.CreateTempSubdirectory("orleansiot-bench-").FullName;
var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Path", directory)]).Build();
var services = new ServiceCollection().AddLogging().AddSqliteStorage(configuration).BuildServiceProvider();
var journal = services.GetRequiredService<ITwinJournal>();
MetricName[] names = [.. "cpu-percent memory-percent disk-root-used temperature network-in load-1m".Split(' ').Select(MetricName.Parse)];
var start = Instant.FromUnixSeconds(1_767_225_600);

await Measure(0, 50);
var allocatedBefore = GC.GetTotalAllocatedBytes();
var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
var watch = Stopwatch.StartNew();
await Measure(50, readings);
watch.Stop();
double total = (double)devices * readings;
var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
Console.WriteLine($"{total / watch.Elapsed.TotalSeconds,12:N0} appends/s");
Console.WriteLine($"{cpu.TotalMicroseconds / total,12:N2} µs CPU per append, in all threads");
Console.WriteLine($"{(GC.GetTotalAllocatedBytes() - allocatedBefore) / total,12:N0} bytes allocated per append (reading and task of the caller included)");

var history = services.GetRequiredService<IReadingHistory>();
watch.Restart();
for (var i = 0; i < 100; i++)
    await history.Query(new SeriesQuery(Name(i % devices), names[0], start, start + TimeSpan.FromSeconds(readings), 300), default);
Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / 100,12:N2} ms per series query");
await services.DisposeAsync();
Console.WriteLine($"{new FileInfo(Path.Combine(directory, "orleansiot.db")).Length / (total + (50.0 * devices)),12:N1} bytes of file per reading, log and history together");
Directory.Delete(directory, recursive: true);

Task Measure(int from, int count) => Task.WhenAll(Enumerable.Range(0, devices).Select(device => Task.Run(() => Drive(device, from, count))));

async Task Drive(int device, int from, int count)
{
    var name = Name(device);
    for (var i = from; i < from + count; i++)
        await journal.Append(new TwinAppend(name, i, [new TwinEvent.ReadingRecorded(Reading(device, i), new MessageKey((ulong)(i + 1)))], []), default);
}

Reading Reading(int device, int i)
{
    var metrics = ImmutableArray.CreateBuilder<Metric>(names.Length);
    for (var m = 0; m < names.Length; m++)
        metrics.Add(new Metric(names[m], MetricValue.Of(Math.Round(50 + (20 * Math.Sin((i + device + (m * 7)) * 0.1)), m % 3))));

    var at = start + TimeSpan.FromSeconds(i);
    return new Reading(at, at + TimeSpan.FromMilliseconds(40 + (i % 7)), metrics.MoveToImmutable());
}

static DeviceId Name(int device) => DeviceId.Parse($"device-{device:00000}");
