using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Twins;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite;

namespace OrleansIot.Benchmarks.Storage;

/// <summary>
/// Twins without a gateway: what each takes of the heap with six metrics, twenty rules and a shadow, and how long a start takes
/// until all are served: of the folder as a crash leaves it, and as a stop does. <c>Ingest -- --twins</c> is the same of the whole host.
/// </summary>
internal sealed class TwinsBenchmark(int twins, int readings)
{
    private const int AtOnce = 4_000;
    private const int Rules = 20;
    private const int Looked = 2_000;

    private static readonly MetricName[] Names = [.. "temperature humidity pressure voltage vibration load-1m".Split(' ').Select(MetricName.Parse)];

    private readonly Random _random = new(1);

    public async Task Run(bool byType)
    {
        var directory = Directory.CreateTempSubdirectory("orleansiot-bench-").FullName;
        var crashed = Directory.CreateTempSubdirectory("orleansiot-bench-").FullName;
        try
        {
            var host = await Start(directory);
            var empty = Heap();
            var watch = Stopwatch.StartNew();
            for (var round = 0; round < readings; round++)
            {
                await Round(host, round);
                if (round is 0 or 9 || round == readings - 1)
                    Tell($"{round + 1} readings", empty, watch);
            }

            await ForEach(host, (owners, device) => owners.Execute(Device(device), Shadow(device)));
            Tell("a shadow", empty, watch);
            if (byType)
            {
                var heap = new HeapByType();
                heap.Add(host.GetRequiredService<ITwins>());
                heap.Add(host.GetRequiredService<ITwinJournal>());
                heap.Print(twins, 45);
            }

            foreach (var saved in host.GetRequiredService<FleetIndex>().All().Chunk(500))
                await host.GetRequiredService<ITwinSnapshots>().Save(saved, default);

            Tell("snapshots", empty, watch);
            for (var round = 0; round < 5; round++)
                await Round(host, readings + round);

            // The writer is at rest: the files are as a crash would leave them.
            await host.GetRequiredService<IRuleStore>().MarkSeeded(default);
            foreach (var file in Directory.GetFiles(directory, "*.db*"))
                File.Copy(file, Path.Combine(crashed, Path.GetFileName(file)));

            await Stop(host);
            await MeasureStart("after a stop", directory);
            await MeasureStart("after a stop, each twin asked for by itself", directory, oneByOne: true);
            await MeasureStart("after a crash", crashed);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
            Directory.Delete(crashed, recursive: true);
        }
    }

    private static DeviceId Device(int number) => DeviceId.Parse(string.Create(CultureInfo.InvariantCulture, $"device-{number:000000}"));

    private static Instant Now => Instant.From(TimeProvider.System.GetUtcNow());

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    private static TwinCommand.UpdateShadow Shadow(int device)
    {
        var body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$$"""{"state":{"desired":{"interval":10},"reported":{"interval":10,"firmware":"1.{{{{device}}}}"}}}"""));
        var request = ShadowRequest.Read(body, 5, out _, out _)!;
        return new TwinCommand.UpdateShadow(default, request.State, null, null, "benchmark", null, Now);
    }

    private void Tell(string what, long empty, Stopwatch watch) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"after {what,-14} {(double)(Heap() - empty) / twins,8:N0} bytes of heap per twin ({watch.Elapsed.TotalSeconds:0.0} s)"));

    private Task Round(ServiceProvider host, int round) => ForEach(host, (owners, device) => owners.Execute(Device(device), Reading(device, round)));

    private async Task ForEach(ServiceProvider host, Func<ITwins, int, ValueTask<Decision>> execute)
    {
        var owners = host.GetRequiredService<ITwins>();
        var waiting = new List<Task>(AtOnce);
        for (var device = 0; device < twins; device++)
        {
            waiting.Add(execute(owners, device).AsTask());
            if (waiting.Count < AtOnce && device < twins - 1)
                continue;

            await Task.WhenAll(waiting);
            waiting.Clear();
        }
    }

    private TwinCommand.Ingest Reading(int device, int round)
    {
        var metrics = new Metric[Names.Length];
        for (var i = 0; i < metrics.Length; i++)
            metrics[i] = new Metric(Names[i], MetricValue.Of(Math.Round(10 + (90 * _random.NextDouble()), 2)));

        var raw = new RawMessage(string.Create(CultureInfo.InvariantCulture, $"dt/devices/device-{device:000000}/telemetry"), new byte[200]);
        return new TwinCommand.Ingest(new Reading(Now, Now, [.. metrics]), new MessageKey((((ulong)device << 20) | (uint)round) + 1), KeyIsMessageId: true, Redelivered: false, Session: null, raw);
    }

    private static async Task<ServiceProvider> Start(string directory, bool oneByOne = false)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Data:Path", directory)]).Build();
        var added = new ServiceCollection().AddLogging().AddSqliteStorage(configuration).AddSingleton(new AlertMessages([])).AddRules().AddTwins(configuration);
        if (oneByOne)
        {
            var snapshots = added.Last(service => service.ServiceType == typeof(ITwinSnapshots));
            added.Remove(snapshots);
            added.AddSingleton<ITwinSnapshots>(provider => new OneByOne((ITwinSnapshots)snapshots.ImplementationFactory!(provider)));
        }

        var services = added.BuildServiceProvider();
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(default);

        var rules = services.GetRequiredService<IRules>();
        for (var i = rules.All.Length; i < Rules; i++)
        {
            await rules.Put(new Rule(
                RuleId.Parse($"load-{i}"), $"Load {i}", null, Rule.AllTypes, [],
                new RuleCondition(Names[i % 5], ComparisonOperator.Above, MetricValue.Of(99.5), i % 2 == 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(1)),
                null, Severity.Warning, Active: true, TimeSpan.Zero, RuleActions.None, 1));
        }

        return services;
    }

    private static async Task Stop(ServiceProvider host)
    {
        foreach (var service in host.GetServices<IHostedService>().Reverse())
            await service.StopAsync(default);

        await host.DisposeAsync();
    }

    private async Task MeasureStart(string name, string directory, bool oneByOne = false)
    {
        var watch = Stopwatch.StartNew();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var host = await Start(directory, oneByOne);
        var (elapsed, used) = (watch.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - cpu);
        for (var i = 0; i < Looked; i++)
        {
            var device = _random.Next(twins);
            if (await host.GetRequiredService<ITwins>().Find(Device(device)) is not { Twin.Readings.Count: 6 })
                throw new InvalidOperationException($"{Device(device)} was not taken up.");
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start {name}: {elapsed.TotalSeconds:0.0} s, {used.TotalSeconds:0.0} s of processor time"));
        await host.DisposeAsync();
    }

    /// <summary>A store without a quicker way.</summary>
    private sealed class OneByOne(ITwinSnapshots snapshots) : ITwinSnapshots
    {
        public ValueTask<Twin?> Load(DeviceId device, CancellationToken cancellation) => snapshots.Load(device, cancellation);

        public ValueTask Save(IReadOnlyCollection<Twin> twins, CancellationToken cancellation) => snapshots.Save(twins, cancellation);

        public IAsyncEnumerable<DeviceId> Devices(CancellationToken cancellation) => snapshots.Devices(cancellation);
    }
}
