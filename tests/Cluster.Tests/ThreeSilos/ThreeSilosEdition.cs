using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

public sealed class ThreeSilosEdition : IEdition
{
    public string Name => "three silos";

    // dynalite writes a few hundred items a second on one core, whatever is asked of it: enough for correctness, not for speed.
    public Load Load { get; } = new(Devices: 50, Messages: 1_500, Rate: 150);

    public async Task<IRunningSystem> Start(params string[] settings) => await SiloCluster.Start(settings);
}
