using OrleansIot.DeviceAgent.Collectors;

namespace OrleansIot.DeviceAgent.Tests.Collectors;

public sealed class NetworkCollectorTests : IDisposable
{
    private const string Headings = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed

        """;

    private readonly CapturedHost _host = new();

    [Fact]
    public void Cards_are_counted_and_what_passes_through_them_is_not_counted_again()
    {
        _host.WithFolder("sys/class/net/eth0/device").WithFolder("sys/class/net/wlan0/device");
        var collector = new NetworkCollector(_host.Root);
        Interfaces(eth0In: 1_000, eth0Out: 500);
        CapturedHost.Collect(collector);
        Interfaces(eth0In: 3_000, eth0Out: 600);

        Assert.Equal(
            new()
            {
                ["network-in-bytes-per-second"] = 1_000,
                ["network-out-bytes-per-second"] = 50,
                ["network-in-bytes"] = 3_001,
                ["network-out-bytes"] = 602,
            },
            CapturedHost.Collect(collector, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_container_has_no_card_and_counts_its_virtual_interface()
    {
        _host.With("proc/net/dev", Headings + Line("lo", 9, 9) + Line("eth0", 100, 200));

        var metrics = CapturedHost.Collect(new NetworkCollector(_host.Root));

        Assert.Equal(new() { ["network-in-bytes"] = 100, ["network-out-bytes"] = 200 }, metrics);
    }

    public void Dispose() => _host.Dispose();

    private void Interfaces(long eth0In, long eth0Out) => _host.With(
        "proc/net/dev",
        Headings + Line("lo", 77, 77) + Line("eth0", eth0In, eth0Out) + Line("wlan0", 1, 2) + Line("docker0", eth0In, eth0Out));

    private static string Line(string name, long bytesIn, long bytesOut) =>
        $"{name,6}: {bytesIn}   10137    0    0    0     0          0         0   {bytesOut}    6364    0    0    0     0       0          0\n";
}
