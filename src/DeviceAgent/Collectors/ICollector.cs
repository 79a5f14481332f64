namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Reads one part of the machine and adds its metrics to a message.</summary>
internal interface ICollector
{
    /// <param name="message">Where the metrics go. A part the machine does not have adds nothing.</param>
    /// <param name="elapsed">Time since the previous call, for rates; zero on the first one.</param>
    void Collect(MetricMessage message, TimeSpan elapsed);
}
