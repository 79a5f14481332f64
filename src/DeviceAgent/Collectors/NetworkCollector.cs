using System.Text;

namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Bytes in and out over the network, as totals since boot and per second.</summary>
internal sealed class NetworkCollector(string root) : ICollector
{
    private readonly HostFile _interfaces = new(Path.Combine(root, "proc/net/dev"));
    private readonly NetworkTraffic _traffic = new();

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        // Bridges, tunnels and containers' ends carry bytes that pass a network card too, so cards alone are counted;
        // a container has none, only a virtual interface.
        (long In, long Out, int Count) cards = default, others = default;
        var content = _interfaces.Read();
        foreach (var range in content.Split((byte)'\n'))
        {
            var line = content[range];
            if (line.IndexOf((byte)':') is var colon && colon < 0)
                continue; // The two lines of headings.

            var name = line[..colon].Trim((byte)' ');
            if (name.SequenceEqual("lo"u8))
                continue;

            var fields = new Fields(line[(colon + 1)..]);
            var received = fields.NextNumber();
            fields.Skip(7);
            ref var group = ref IsCard(name) ? ref cards : ref others;
            group = (group.In + received, group.Out + fields.NextNumber(), group.Count + 1);
        }

        var counted = cards.Count > 0 ? cards : others;
        if (counted.Count > 0)
            _traffic.Report(message, counted.In, counted.Out, elapsed);
    }

    private bool IsCard(ReadOnlySpan<byte> name) =>
        Directory.Exists(Path.Combine(root, "sys/class/net", Encoding.UTF8.GetString(name), "device"));
}
