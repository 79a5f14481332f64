namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Memory and swap, in bytes and as a share of the total.</summary>
internal sealed class MemoryCollector(string root) : ICollector
{
    private readonly HostFile _memory = new(Path.Combine(root, "proc/meminfo"));

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        long total = 0, available = 0, swapTotal = 0, swapFree = 0;
        var content = _memory.Read();
        foreach (var range in content.Split((byte)'\n'))
        {
            var fields = new Fields(content[range]);
            var name = fields.Next();
            if (name.SequenceEqual("MemTotal:"u8))
            {
                total = Bytes(ref fields);
            }
            else if (name.SequenceEqual("MemAvailable:"u8))
            {
                available = Bytes(ref fields);
            }
            else if (name.SequenceEqual("SwapTotal:"u8))
            {
                swapTotal = Bytes(ref fields);
            }
            else if (name.SequenceEqual("SwapFree:"u8))
            {
                swapFree = Bytes(ref fields);
            }
        }

        Report(message, "memory", total, available, "available-bytes");
        Report(message, "swap", swapTotal, swapFree, "free-bytes");
    }

    private static long Bytes(ref Fields fields) => fields.NextNumber() * 1024;

    private static void Report(MetricMessage message, string section, long total, long left, string leftName)
    {
        if (total == 0)
            return; // No swap configured.

        message.Section(section);
        message.Percent("percent", 100.0 * (total - left) / total);
        message.Number("total-bytes", total);
        message.Number("used-bytes", total - left);
        message.Number(leftName, left);
    }
}
