using System.Globalization;
using OrleansIot.TestKit.Peers;

namespace OrleansIot.Cluster.Tests;

/// <summary>A silo that is started again finds its ports as it left them, whoever opened sockets meanwhile.</summary>
public sealed class KeptPorts
{
    [Fact]
    public void A_port_found_is_none_that_the_system_gives_to_whoever_asks_for_any()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux says which ports it gives away.");
        var given = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range")
            .Split('\t', StringSplitOptions.TrimEntries)
            .Select(port => int.Parse(port, CultureInfo.InvariantCulture))
            .ToArray();
        Assert.SkipUnless(given[0] >= 11_000, "This system gives away nearly all there are.");

        Assert.All(Enumerable.Range(0, 50), _ => Assert.NotInRange(FreePort.Find(), given[0], given[1]));
    }

    [Fact]
    public void No_port_is_found_twice()
    {
        var found = Enumerable.Range(0, 500).Select(_ => FreePort.Find()).ToList();

        Assert.Equal(found.Count, found.Distinct().Count());
    }
}
