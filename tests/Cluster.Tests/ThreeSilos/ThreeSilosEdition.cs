using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

public sealed class ThreeSilosEdition : IEdition
{
    public string Name => "three silos";

    // dynalite writes a few hundred items a second on one core, whatever is asked of it: enough for correctness, not for speed.
    public Load Load { get; } = new(Devices: 50, Messages: 1_500, Rate: 150);

    // Here the first message meets three processes in which nothing is compiled yet, a stand-in for the store, and a browser, all on
    // two cores: 1.3 s were seen while other tests ran beside it.
    public TimeSpan ToThePixel => TimeSpan.FromSeconds(3);

    public async Task<IRunningSystem> Start(params string[] settings) => await SiloCluster.Start(settings);
}
