namespace OrleansIot.Grains.Tests;

/// <summary>Two silos for all tests that leave them as they are; each test has devices and rules of its own.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    public TestedCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await TestedCluster.Start(silos: 2);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
