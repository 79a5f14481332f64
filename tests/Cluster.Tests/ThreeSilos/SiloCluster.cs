using System.Reflection;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit.Peers;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

/// <summary>Three silo processes on loopback over one dynalite.</summary>
public sealed class SiloCluster : IRunningSystem
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleansiot-cluster-").FullName;
    private readonly Dynalite _store;
    private readonly string[] _settings;
    private readonly List<SiloProcess> _silos = [];

    private SiloCluster(Dynalite store, string[] settings)
    {
        _store = store;
        StoreSettings = ["--Cluster:Mode=DynamoDb", $"--DynamoDb:ServiceUrl={store.Url}", "--DynamoDb:AccessKey=test", "--DynamoDb:SecretKey=test", "--DynamoDb:TablePrefix=test-"];
        _settings = [.. StoreSettings, .. settings];
        for (var i = 0; i < 3; i++)
            _silos.Add(new SiloProcess(_settings, _folder));
    }

    /// <summary>The program in examples/, which is started as its users start it.</summary>
    public static string IntegratorAssembly { get; } =
        typeof(SiloCluster).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "IntegratorAssembly").Value!;

    /// <summary>By which silos and clients find the cluster.</summary>
    public IReadOnlyList<string> StoreSettings { get; }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public IReadOnlyList<EntryPoint> Entries => [.. _silos.Select(silo => silo.Entry)];

    public static async Task<SiloCluster> Start(params string[] settings)
    {
        var cluster = new SiloCluster(await Dynalite.Start(), settings);
        try
        {
            await cluster.StartAgain();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task KillHard() => _silos[0].KillHard();

    public Task StartAgain() => Task.WhenAll(_silos.Where(silo => !silo.IsRunning).Select(silo => silo.Start()));

    public async Task<int> Stop() => (await Task.WhenAll(_silos.Select(silo => silo.Stop()))).FirstOrDefault(code => code != 0);

    /// <summary>One more, which joins the others.</summary>
    public async Task<SiloProcess> StartAnother()
    {
        var silo = new SiloProcess(_settings, _folder);
        _silos.Add(silo);
        await silo.Start();
        return silo;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
            await silo.DisposeAsync();

        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
