using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.TestingHost;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Silos;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Grains.Tests;

/// <summary>Silos in this process over one store in memory, with a directory and a membership as in earnest.</summary>
public sealed class TestedCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private TestedCluster(InProcessTestCluster cluster, InMemoryStore store, FailingLog log) => (_cluster, Store, Log) = (cluster, store, log);

    public InMemoryStore Store { get; }

    /// <summary>What the silos complained of.</summary>
    internal FailingLog Log { get; }

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public IClusterClient Client => _cluster.Client;

    public static Instant Now => Instant.From(TimeProvider.System.GetUtcNow());

    public static async Task<TestedCluster> Start(short silos, Dictionary<string, string?>? settings = null, InMemoryStore? store = null)
    {
        store ??= new InMemoryStore();
        var log = new FailingLog();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((_, host) =>
        {
            host.Configuration.AddInMemoryCollection(settings ?? []);
            host.Logging.AddProvider(log);
            host.Services.AddSingleton(new AlertMessages([new NamedChannel("slack")]));
            store.AddTo(host.Services);
            host.Services.AddClusterTwins(host.Configuration);
        });
        builder.ConfigureSilo((_, silo) =>
        {
            silo.UseInMemoryReminderService().AddOrleansIotGrains().KeepGrainStateInTheStore();

            // A silo that does not answer is declared dead within two seconds or so, instead of ten times that.
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromMilliseconds(500);
                options.NumMissedProbesLimit = 2;
                options.NumVotesForDeathDeclaration = 1;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(1);
            });
        });
        var cluster = new TestedCluster(builder.Build(), store, log);
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    public T On<T>(int silo)
        where T : notnull => Silos[silo].ServiceProvider.GetRequiredService<T>();

    public ITwins Twins(int silo) => On<ITwins>(silo);

    public IFleet Fleet(int silo) => On<IFleet>(silo);

    public IRules Rules(int silo) => On<IRules>(silo);

    public ValueTask<Decision> Ingest(int silo, string device, double value, string? messageId = null, SessionId? session = null) =>
        Twins(silo).Execute(DeviceId.Parse(device), Reading("t", value, messageId, session));

    public static TwinCommand.Ingest Reading(string metric, double value, string? messageId = null, SessionId? session = null)
    {
        var reading = new Reading(Now, Now, [new Metric(MetricName.Parse(metric), MetricValue.Of(value))]);
        var key = messageId is null ? MessageKey.None : MessageKey.OfMessageId(messageId);
        return new TwinCommand.Ingest(reading, key, messageId is not null, Redelivered: false, session);
    }

    /// <summary>On how many silos the device is owned.</summary>
    public int Owners(string device) => Silos.Count(silo => silo.ServiceProvider.GetRequiredService<FleetIndex>().Find(DeviceId.Parse(device)) is not null);

    /// <summary>As <see cref="Eventually"/>; when it does not come, says where devices are owned and what the silos complained of.</summary>
    public async Task Settled(string what, Func<bool> isSo, TimeSpan within)
    {
        try
        {
            await Eventually.IsTrue(what, () => Task.FromResult(isSo()), within);
        }
        catch (TimeoutException e)
        {
            var owned = Silos.Select(silo => $"{silo.Name} knows {silo.ServiceProvider.GetRequiredService<SiloMembers>().Active().Count} silos and owns {silo.ServiceProvider.GetRequiredService<FleetIndex>().All().Count()} devices");
            throw new TimeoutException($"{e.Message} {string.Join("; ", owned)}. Logged:{Environment.NewLine}{string.Join(Environment.NewLine, Log.Lines)}");
        }
    }

    public Task Kill(int silo) => _cluster.KillSiloAsync(Silos[silo]);

    public Task Stop(int silo) => _cluster.StopSiloAsync(Silos[silo]);

    public Task<InProcessSiloHandle> AddSilo() => _cluster.StartAdditionalSiloAsync();

    public Task Deactivate(IAddressable grain) => _cluster.DeactivateAsync(grain);

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}
