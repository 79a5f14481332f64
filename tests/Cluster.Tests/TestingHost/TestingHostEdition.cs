using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Cluster.Tests.TestingHost;

public sealed class TestingHostEdition : IEdition
{
    public string Name => "TestingHost cluster";

    // The silos and the swarm share one process; a fifth of what they take, so that the kill finds something still to send.
    public Load Load { get; } = new(Devices: 200, Messages: 10_000, Rate: 2_000);

    public async Task<IRunningSystem> Start(params string[] settings)
    {
        var cluster = new TestingHostCluster(settings);
        await cluster.StartAgain();
        return cluster;
    }
}
