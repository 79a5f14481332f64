using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Past;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Benchmarks.Storage;

/// <summary>
/// How the cost grows with what is stored: fleets of devices that report six metrics every some seconds, with snapshots every
/// half minute, chunks, roll-ups and compaction as in the field; a few devices have lived a day before. One size after the
/// other, each in a folder of its own that is deleted.
/// </summary>
/// <param name="sizes">Millions of events, devices, and seconds from one reading of a device to the next.</param>
internal sealed class GrowthBenchmark(IReadOnlyList<(int Millions, int Devices, int Seconds)> sizes)
{
    private const int MostMillions = 50;
    private const int Old = 5;
    private const int AtOnce = 4_000;
    private const int Queries = 500;

    // While it is written; the log of some minutes, the write-ahead log and what is free are in it.
    private const long BytesPerEvent = 100;

    private static readonly TimeSpan SnapshotsApart = TimeSpan.FromSeconds(30);

    private static readonly MetricName[] Names = [.. "cpu-percent memory-percent disk-root-used temperature network-in load-1m".Split(' ').Select(MetricName.Parse)];

    // How far a value goes from one reading to the next, and with how many decimal places it is reported.
    private static readonly (double Step, int Places)[] Walks = [(8, 1), (0.4, 1), (0.01, 2), (0.2, 2), (900, 0), (0.15, 2)];

    public static IReadOnlyList<(int Millions, int Devices, int Seconds)> Sizes(string[] args) =>
        args.Length == 0 ? [(1, 1_000, 5), (10, 10_000, 5)] : [.. args.Select(arg => Size([.. arg.Split(':').Select(int.Parse)]))];

    public async Task Run()
    {
        Console.WriteLine("| events | devices | every | events/s | ratio | µs CPU per event | managed heap MB | resident MB | bytes per event | of the file | open ms | chart of 24 h, ms | last value, ms | state a day back, ms | state within half an hour, ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        double? first = null;
        foreach (var (millions, devices, seconds) in sizes)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(millions, MostMillions);
            var directory = Directory.CreateTempSubdirectory("orleansiot-bench-").FullName;
            try
            {
                if (new DriveInfo(directory).AvailableFreeSpace < BytesPerEvent * millions * 1_000_000)
                    throw new InvalidOperationException($"{millions} million events need {BytesPerEvent * millions} MB free in {directory}.");

                var fleet = new Fleet(directory, devices, millions * 1_000_000L, TimeSpan.FromSeconds(seconds));
                var perSecond = await fleet.Live();
                first ??= perSecond;
                Console.WriteLine($"| {millions} M | {devices:N0} | {seconds} s | {perSecond:N0} | {perSecond / first:N2} | {await fleet.Report()} |");
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }

            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private static (int Millions, int Devices, int Seconds) Size(int[] parts) =>
        (parts[0], parts.Length > 1 ? parts[1] : 1_000 * parts[0], parts.Length > 2 ? parts[2] : 5);

    private sealed class Fleet(string directory, int devices, long events, TimeSpan interval)
    {
        private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

        private readonly SimulatedTime _time = new(Start);
        private readonly Random _random = new(1);
        private readonly Twin[] _twins = [.. Enumerable.Range(0, devices).Select(i => new Twin(DeviceId.Parse($"device-{i:000000}")))];
        private readonly double[] _values = new double[devices * Names.Length];
        private ServiceProvider _services = null!;
        private double _cpu;
        private long _written;

        private Instant Now => Instant.From(_time.GetUtcNow());

        /// <returns>Events per second.</returns>
        public async Task<double> Live()
        {
            _services = Open();
            for (var i = 0; i < _values.Length; i++)
                _values[i] = 20 + (60 * _random.NextDouble());

            await LiveADay();
            var written = _written;
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            for (var round = 1; _written < events; round++)
            {
                _time.Advance(interval);
                await Round();
                if (round % Math.Max(1, (int)(SnapshotsApart / interval)) == 0)
                    await Snapshot(_twins);
            }

            watch.Stop();
            _cpu = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / (_written - written);
            return (_written - written) / watch.Elapsed.TotalSeconds;
        }

        public async Task<string> Report()
        {
            var heap = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
            var resident = Process.GetCurrentProcess().WorkingSet64 / 1e6;
            var past = new TwinPast(_services.GetRequiredService<ITwinCheckpoints>(), _services.GetRequiredService<ITwinJournal>());
            var history = _services.GetRequiredService<IReadingHistory>();
            var day = TimeSpan.FromDays(1);
            var chart = await Times(async () => await history.Query(new SeriesQuery(OldDevice(), Names[0], Now - day, Now, 300), default));
            var last = await Times(async () => await history.Readings(AnyDevice(), Now - TimeSpan.FromHours(1), Now, 1, default));
            var dayBack = await Times(() => Was(past, OldDevice(), Now - (0.9 * day * _random.NextDouble())));
            var hourBack = await Times(() => Was(past, AnyDevice(), Now - (TimeSpan.FromMinutes(30) * _random.NextDouble())));
            await Snapshot(_twins);
            await _services.DisposeAsync();

            // What was written last is in the log still: the next start compacts it.
            var watch = Stopwatch.StartNew();
            _services = Open();
            var rules = _services.GetRequiredService<IRuleStore>();
            var open = watch.Elapsed.TotalMilliseconds;
            for (var i = 0; i < 300; i++)
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                await rules.MarkSeeded(default);
            }

            await _services.DisposeAsync();
            var (used, all) = FileBytes();
            return $"{_cpu:N1} | {heap:N0} | {resident:N0} | {used / (double)_written:N1} | {all / (double)_written:N1} | {open:N0} | {chart} | {last} | {dayBack} | {hourBack}";
        }

        private ServiceProvider Open()
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Path", directory)]).Build();
            var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time).AddSqliteStorage(configuration).BuildServiceProvider();
            _ = services.GetRequiredService<ITwinJournal>();
            return services;
        }

        // In appends of sixty, or it would take as many commits as there are readings.
        private async Task LiveADay()
        {
            const int PerAppend = 60;
            for (var done = TimeSpan.Zero; done < TimeSpan.FromDays(1); done += interval * PerAppend)
            {
                _time.Advance(interval * PerAppend);
                for (var device = 0; device < Old; device++)
                {
                    var at = Now - (interval * PerAppend);
                    await Append(device, [.. Enumerable.Range(1, PerAppend).Select(i => Recorded(device, at + (interval * i)))]);
                }

                await Snapshot(_twins[..Old]);
            }
        }

        private async Task Round()
        {
            var at = Now;
            for (var from = 0; from < devices && _written < events; from += AtOnce)
            {
                var appends = new List<Task>(AtOnce);
                for (var device = from; device < Math.Min(devices, from + AtOnce); device++)
                    appends.Add(Append(device, [Recorded(device, at)]));

                await Task.WhenAll(appends);
            }
        }

        private async Task Append(int device, TwinEvent[] happened)
        {
            var before = _twins[device];
            await _services.GetRequiredService<ITwinJournal>().Append(new TwinAppend(before.Device, before.Version, [.. happened], []), default);
            _twins[device] = happened.Aggregate(before, TwinEvolution.Evolve);
            Interlocked.Add(ref _written, happened.Length);
        }

        private async Task Snapshot(Twin[] twins)
        {
            foreach (var some in twins.Where(twin => twin.Exists).Chunk(500))
                await _services.GetRequiredService<ITwinSnapshots>().Save(some, default);
        }

        private TwinEvent.ReadingRecorded Recorded(int device, Instant received)
        {
            var metrics = new Metric[Names.Length];
            for (var i = 0; i < metrics.Length; i++)
            {
                var (step, places) = Walks[i];
                ref var value = ref _values[(device * Names.Length) + i];
                value += step * ((2 * _random.NextDouble()) - 1);
                metrics[i] = new Metric(Names[i], MetricValue.Of(Math.Round(value, places)));
            }

            return new(new Reading(received - TimeSpan.FromMilliseconds(20 + _random.Next(180)), received, [.. metrics]), new MessageKey((ulong)_random.NextInt64()));
        }

        private DeviceId OldDevice() => _twins[_random.Next(Old)].Device;

        private DeviceId AnyDevice() => _twins[_random.Next(devices)].Device;

        private static async Task Was(TwinPast past, DeviceId device, Instant at)
        {
            if (await past.At(device, at, default) is not PastTwin.Known)
                throw new InvalidOperationException($"{device} is not known at {at}.");
        }

        private static async Task<string> Times(Func<Task> query)
        {
            await query();
            var times = new double[Queries];
            for (var i = 0; i < times.Length; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await query();
                times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            }

            Array.Sort(times);
            return $"{times[Queries / 2]:N1} (p99 {times[Queries * 99 / 100]:N1})";
        }

        /// <returns>Without the free pages, and with them.</returns>
        private (long Used, long All) FileBytes()
        {
            using var file = File.OpenRead(Path.Combine(directory, "orleansiot.db"));
            var header = new byte[100];
            file.ReadExactly(header);
            var page = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16));
            var free = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(36));
            return (file.Length - ((long)free * page), file.Length);
        }
    }
}
