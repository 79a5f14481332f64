using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Benchmarks.Storage;

/// <summary>
/// What is owed to sessions and acknowledged, in appends of 500 messages one after the other, as a broker writes them; beside
/// single readings appended to the event log by 500 devices at once. Each on a new file, in turn.
/// </summary>
internal sealed class SessionBenchmark(int appends)
{
    private const int Rounds = 3;
    private const int Batch = 500;
    private const int Clients = 1_000;
    private static readonly byte[] Payload = new byte[100];
    private static readonly byte[] Topic = "plant/hall-3/press-17/temperature"u8.ToArray();

    public async Task Run()
    {
        (string Name, Func<IServiceProvider, int, Task<double>> Measure)[] cases =
        [
            ("journal appends/s", Journal),
            ("changes/s, acknowledged by the next append", (services, count) => Sessions(services, count, late: 1)),
            ("changes/s, acknowledged 200 appends later", (services, count) => Sessions(services, count, late: 200)),
            ("changes/s, acknowledged in the same append", (services, count) => Sessions(services, count, late: 0)),
            ("changes/s, one message to 500 sessions", FanOut),
        ];
        var results = cases.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < cases.Length; i++)
                results[i].Add(await OnNewFile(cases[i].Measure));
        }

        Console.WriteLine($"| median of {Rounds}, {appends} appends of {Batch} | per second | ratio to the journal |");
        Console.WriteLine("|---|---|---|");
        for (var i = 0; i < cases.Length; i++)
            Console.WriteLine($"| {cases[i].Name} | {Median(results[i]):N0} | {Median(results[i]) / Median(results[0]):N2} |");
    }

    private async Task<double> OnNewFile(Func<IServiceProvider, int, Task<double>> measure)
    {
        var directory = Directory.CreateTempSubdirectory("orleansiot-bench-").FullName;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Path", directory)]).Build();
        double perSecond;
        await using (var services = new ServiceCollection().AddLogging().AddSqliteStorage(configuration).BuildServiceProvider())
            perSecond = await measure(services, appends);

        Directory.Delete(directory, recursive: true);
        return perSecond;
    }

    private static async Task<double> Journal(IServiceProvider services, int count)
    {
        var journal = services.GetRequiredService<ITwinJournal>();
        var start = Instant.FromUnixSeconds(1_767_225_600);
        MetricName[] names = [.. "cpu-percent memory-percent disk-root-used temperature network-in load-1m".Split(' ').Select(MetricName.Parse)];
        await Devices(0, 20);
        var watch = Stopwatch.StartNew();
        await Devices(20, 20 + count);
        return count * Batch / watch.Elapsed.TotalSeconds;

        Task Devices(int from, int to) => Task.WhenAll(Enumerable.Range(0, Batch).Select(device => Task.Run(async () =>
        {
            var name = DeviceId.Parse($"device-{device:00000}");
            for (var i = from; i < to; i++)
            {
                var at = start + TimeSpan.FromSeconds(i);
                var reading = new Reading(at, at, [.. names.Select(metric => new Metric(metric, MetricValue.Of(i)))]);
                await journal.Append(new TwinAppend(name, i, [new TwinEvent.ReadingRecorded(reading, new MessageKey((ulong)(i + 1)))], []), default);
            }
        })));
    }

    private static async Task<double> Sessions(IServiceProvider services, int count, int late)
    {
        var store = await WithSessions(services);
        for (var append = 0; append < late; append++)
            await store.Append([.. Enumerable.Range(append * Batch, Batch).Select(Owed)], default);

        var watch = Stopwatch.StartNew();
        for (var append = late; append < late + count; append++)
        {
            var changes = new List<SessionChange>(2 * Batch);
            changes.AddRange(Enumerable.Range(append * Batch, Batch).Select(Owed));
            changes.AddRange(Enumerable.Range((append - late) * Batch, Batch).Select(Delivered));
            await store.Append(changes, default);
        }

        return 2.0 * Batch * count / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> FanOut(IServiceProvider services, int count)
    {
        var store = await WithSessions(services);
        await store.Append([ToMany(0)], default);
        var watch = Stopwatch.StartNew();
        for (var append = 1; append <= count; append++)
            await store.Append([ToMany(append), .. Enumerable.Range((append - 1) * Batch, Batch).Select(Delivered)], default);

        // Each delivery that comes or goes counts.
        return 2.0 * Batch * count / watch.Elapsed.TotalSeconds;
    }

    private static async Task<ISessionStore> WithSessions(IServiceProvider services)
    {
        var store = services.GetRequiredService<ISessionStore>();
        await store.Append([.. Enumerable.Range(0, Clients).Select(client => new SessionChange.Kept(Name(client), uint.MaxValue, null))], default);
        return store;
    }

    private static SessionChange Owed(int message) => new SessionChange.Owed(new StoredMessage(Topic, default, Payload, 1, false, null), [Delivery(message)]);

    private static SessionChange.Owed ToMany(int append) =>
        new SessionChange.Owed(new StoredMessage(Topic, default, Payload, 1, false, null), [.. Enumerable.Range(append * Batch, Batch).Select(Delivery)]);

    private static StoredDelivery Delivery(int message) => new(Name(message), message + 1, 1, false, []);

    private static SessionChange Delivered(int message) => new SessionChange.Delivered(Name(message), message + 1);

    private static string Name(int message) => $"client-{message % Clients:0000}";

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
