namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Seconds since boot.</summary>
internal sealed class UptimeCollector(string root) : ICollector
{
    private readonly HostFile _uptime = new(Path.Combine(root, "proc/uptime"));

    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        if (_uptime.Read() is { IsEmpty: false } line)
        {
            message.TopLevel();
            message.Number("uptime-seconds", (long)new Fields(line).NextFraction());
        }
    }
}
