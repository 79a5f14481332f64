namespace OrleansIot.DeviceAgent.Collectors.Portable;

/// <summary>Memory as the runtime's garbage collector sees the machine.</summary>
internal sealed class PortableMemoryCollector : ICollector
{
    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        var memory = GC.GetGCMemoryInfo();
        if (memory.MemoryLoadBytes == 0)
        {
            // Filled in by a collection, and a young process has had none.
            GC.Collect(0);
            memory = GC.GetGCMemoryInfo();
        }

        var (total, used) = (memory.TotalAvailableMemoryBytes, memory.MemoryLoadBytes);
        message.Section("memory");
        message.Percent("percent", 100.0 * used / total);
        message.Number("total-bytes", total);
        message.Number("used-bytes", used);
        message.Number("available-bytes", Math.Max(0, total - used));
    }
}
