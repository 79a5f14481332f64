using Orleans.TestingHost;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit.Peers;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Cluster.Tests.TestingHost;

/// <summary>Two silos of Orleans' own test cluster in this process, over one store in memory. A cluster that is stopped and started is another one, over the same store.</summary>
public sealed class TestingHostCluster(string[] settings) : IRunningSystem
{
    // The first silo keeps the membership, so it is the other one that is killed: it is the first entry.
    private const string PrimaryName = "Primary"; // Orleans' own
    private const int OfSecondary = 0;
    private const int OfPrimary = 1;

    private readonly InMemoryStore _store = new();
    private readonly InMemoryKeys _keys = new();
    private readonly int[] _mqttPorts = [FreePort.Find(), FreePort.Find()];
    private readonly EntryPoint?[] _entries = [null, null];
    private TestCluster? _cluster;

    public IReadOnlyList<EntryPoint> Entries => [.. _entries.OfType<EntryPoint>()];

    private TestCluster Cluster => _cluster ?? throw new InvalidOperationException("The cluster is stopped.");

    public Task KillHard() => Cluster.KillSiloAsync(Cluster.SecondarySilos.Single());

    public async Task StartAgain()
    {
        if (_cluster is null)
            await Deploy();
        else if (Cluster.SecondarySilos.Count == 0)
            await Cluster.StartAdditionalSiloAsync();

        Enter(OfSecondary, Cluster.SecondarySilos.Single());
        Enter(OfPrimary, Cluster.Primary!);
    }

    public async Task<int> Stop()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
        _cluster = null;
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var entry in Entries)
            entry.Dispose();

        if (_cluster is not null)
            await Stop();
    }

    private Task Deploy()
    {
        var builder = new TestClusterBuilder(initialSilosCount: 2)
        {
            CreateSiloAsync = async (name, configuration) =>
            {
                var mqttPort = _mqttPorts[name == PrimaryName ? OfPrimary : OfSecondary];
                return await InProcessSiloHandle.CreateAsync(name, configuration, new SiloOfTests(_store, _keys, mqttPort, settings).Configure);
            },
        };
        builder.Options.ConfigureFileLogging = false;
        builder.Options.ServiceId = "orleansiot";
        _cluster = builder.Build();
        return _cluster.DeployAsync();
    }

    private void Enter(int entry, SiloHandle silo)
    {
        _entries[entry]?.Dispose();
        _entries[entry] = SiloOfTests.EntryOf(((InProcessSiloHandle)silo).SiloHost.Services);
    }
}
