using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.History;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Benchmarks.Storage;

/// <summary>
/// What chunks and roll-ups cost the writer, and how long charts take while it writes. A day of readings of six metrics, five seconds
/// apart: the clock is moved on every five minutes of them, so that each chunk has 60 readings, as in a fleet that is not in a hurry.
/// </summary>
internal sealed class HistoryBenchmark(int devices)
{
    private const int ReadingsPerChunk = 60;
    private const int Chunks = 288;
    private const int Queries = 300;

    private static readonly MetricName[] Names = [.. "cpu-percent memory-percent disk-root-used temperature network-in load-1m".Split(' ').Select(MetricName.Parse)];
    private static readonly Instant Start = Instant.FromUnixSeconds(1_767_225_600);
    private static readonly DeviceId LongLived = DeviceId.Parse("a-year");

    private readonly JumpingClock _clock = new();
    private readonly Dictionary<DeviceId, long> _versions = [];
    private ITwinJournal _journal = null!;

    public async Task Run()
    {
        var directory = Directory.CreateTempSubdirectory("orleansiot-bench-").FullName;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Path", directory)]).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_clock).AddSqliteStorage(configuration).BuildServiceProvider();
        _journal = services.GetRequiredService<ITwinJournal>();
        var history = services.GetRequiredService<IReadingHistory>();

        var cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        for (var chunk = 0; chunk < Chunks; chunk++)
            await OneChunkOfAll(chunk);

        var readings = (double)devices * Chunks * ReadingsPerChunk;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime - cpuBefore;
        Console.WriteLine($"{readings / watch.Elapsed.TotalSeconds,12:N0} readings/s");
        Console.WriteLine($"{cpu.TotalMicroseconds / readings,12:N3} µs CPU per reading: log, chunk, roll-ups");

        // A reading a minute, for a year.
        for (var day = 0; day < 365; day++)
            await Append(LongLived, [.. Enumerable.Range(0, 1_440).Select(minute => Reading(0, Start + TimeSpan.FromMinutes((day * 1_440) + minute)))]);

        _clock.Jump();
        await OneChunkOfAll(Chunks);

        using var stop = new CancellationTokenSource();
        var ingest = Task.Run(() => Ingest(stop.Token));
        var dayEnd = Start + TimeSpan.FromDays(1);
        await Measure("24 h of 5 s readings, 300 buckets", i => history.Query(new SeriesQuery(Name(i % devices), Names[0], Start, dayEnd, 300), default));
        await Measure("24 h of 5 s readings, the least and the greatest of 360 stretches, as the dashboard asks", i => history.Query(new SeriesQuery(Name(i % devices), Names[0], Start, dayEnd, 722, Shape: SeriesShape.MinMax), default));
        await Measure("a year of readings a minute, 300 buckets", _ => history.Query(new SeriesQuery(LongLived, Names[0], Start, Start + TimeSpan.FromDays(365), 300), default));
        await stop.CancelAsync();
        Console.WriteLine($"{await ingest,12:N0} readings/s came in meanwhile");
        await services.DisposeAsync();
        Console.WriteLine($"{new FileInfo(Path.Combine(directory, "orleansiot.db")).Length / readings,12:N1} bytes of file per reading");
        Directory.Delete(directory, recursive: true);
    }

    private static async Task Measure(string what, Func<int, ValueTask<Series>> query)
    {
        var times = new List<double>(Queries);
        var points = 0;
        for (var i = 0; i < Queries; i++)
        {
            var started = Stopwatch.GetTimestamp();
            points = (await query(i)).Points.Length;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine($"{times[Queries / 2],12:N2} ms median, {times[Queries * 99 / 100]:N2} ms p99: {what} ({points} points)");
    }

    private async Task OneChunkOfAll(int chunk)
    {
        var first = Start + TimeSpan.FromSeconds(5.0 * chunk * ReadingsPerChunk);
        await Task.WhenAll(Enumerable.Range(0, devices).Select(device =>
            Append(Name(device), [.. Enumerable.Range(0, ReadingsPerChunk).Select(i => Reading(device, first + TimeSpan.FromSeconds(5 * i)))])));
        _clock.Jump();
    }

    private async Task<double> Ingest(CancellationToken stop)
    {
        var (watch, readings) = (Stopwatch.StartNew(), 0L);
        for (var chunk = Chunks + 1; !stop.IsCancellationRequested; chunk++)
        {
            await OneChunkOfAll(chunk);
            readings += devices * ReadingsPerChunk;
        }

        return readings / watch.Elapsed.TotalSeconds;
    }

    private async Task Append(DeviceId device, ImmutableArray<Reading> readings)
    {
        long version;
        lock (_versions)
        {
            version = _versions.GetValueOrDefault(device);
            _versions[device] = version + readings.Length;
        }

        await _journal.Append(new TwinAppend(device, version, [.. readings.Select(reading => new TwinEvent.ReadingRecorded(reading, MessageKey.None))], []), default);
    }

    private static Reading Reading(int device, Instant at)
    {
        var i = (int)(at.UnixMilliseconds / 5_000);
        var metrics = ImmutableArray.CreateBuilder<Metric>(Names.Length);
        for (var m = 0; m < Names.Length; m++)
            metrics.Add(new Metric(Names[m], MetricValue.Of(Math.Round(50 + (20 * Math.Sin((i + device + (m * 7)) * 0.1)), m % 3))));

        return new Reading(at, at + TimeSpan.FromMilliseconds(40 + (i % 7)), metrics.MoveToImmutable());
    }

    private static DeviceId Name(int device) => DeviceId.Parse($"device-{device:00000}");

    /// <summary>Goes as a clock does, and now and then six minutes ahead.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _ahead;

        public void Jump() => Interlocked.Add(ref _ahead, 6 * 60 * TimestampFrequency);

        public override long GetTimestamp() => System.GetTimestamp() + Interlocked.Read(ref _ahead);
    }
}
