namespace OrleansIot.DeviceAgent.Collectors.Portable;

/// <summary>Seconds since boot, by the runtime's tick count.</summary>
internal sealed class PortableUptimeCollector : ICollector
{
    public void Collect(MetricMessage message, TimeSpan elapsed)
    {
        message.TopLevel();
        message.Number("uptime-seconds", Environment.TickCount64 / 1000);
    }
}
