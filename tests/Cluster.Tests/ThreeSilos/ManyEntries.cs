using System.Text.RegularExpressions;
using OrleansIot.Scenarios.Clients;
using OrleansIot.Scenarios.Editions;
using OrleansIot.TestKit;
using OrleansIot.TestKit.Processes;

namespace OrleansIot.Cluster.Tests.ThreeSilos;

/// <summary>And the way in that only a cluster has: programs that talk to the grains.</summary>
public sealed class ManyEntries(SharedSystem<ThreeSilosEdition> shared, ITestOutputHelper output) : ManyEntries<ThreeSilosEdition>(shared, output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private SiloCluster Cluster => (SiloCluster)Running;

    [Fact]
    public async Task An_Orleans_client_lists_reads_and_follows()
    {
        await using var client = await TestClient.Connect(Running.MqttPort);
        await client.Publish("dt/devices/lathe-1/telemetry", """{"load-percent": 40}""");

        await using var list = await ChildProcess.Run("dotnet", Integrator("list"), Limit);
        Assert.True(list.ExitCode == 0, list.Output);
        Assert.Matches(new Regex("^lathe-1 +online", RegexOptions.Multiline), list.Output);

        await using var show = await ChildProcess.Run("dotnet", Integrator("show", "lathe-1"), Limit);
        Assert.True(show.ExitCode == 0, show.Output);
        Assert.Contains("load-percent = 40", show.Output, StringComparison.Ordinal);

        await using var follow = ChildProcess.Start("dotnet", Integrator("follow", "lathe-1"));
        await follow.Line(new Regex("load-percent = 40"), Limit);

        // It subscribes after that line; so there is something to be told of until it has heard.
        var load = 40;
        await Eventually.IsTrue(
            "whoever follows is told of a change",
            async () =>
            {
                await client.Publish("dt/devices/lathe-1/telemetry", $$"""{"load-percent": {{++load}}}""");
                return follow.Output.Contains("load-percent=", StringComparison.Ordinal);
            },
            Limit);
        follow.SendInterrupt();
        Assert.Equal(0, await follow.Exited(Limit));
    }

    private string[] Integrator(params string[] command) => [SiloCluster.IntegratorAssembly, .. command, .. Cluster.StoreSettings];
}
