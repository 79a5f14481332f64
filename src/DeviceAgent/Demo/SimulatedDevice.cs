namespace OrleansIot.DeviceAgent.Demo;

/// <summary>A made-up device: what it reports depends on the time and its own random numbers alone.</summary>
internal abstract class SimulatedDevice(string id, Random random, Episodes excursions)
{
    private readonly TimeSpan _period = TimeSpan.FromMinutes(4 + (6 * random.NextDouble()));
    private readonly double _phase = random.NextDouble();

    public string Id { get; } = id;

    /// <summary>Adds the device's metrics.</summary>
    /// <param name="message">Where they go.</param>
    /// <param name="now">The time of day.</param>
    /// <param name="at">Time since the fleet started, never less than in an earlier call.</param>
    public void Report(MetricMessage message, DateTimeOffset now, TimeSpan at)
    {
        message.TopLevel();
        Report(message, now, at, Waves.Cycle(at, _period, _phase), excursions.Strength(at));
    }

    /// <param name="cycle">The device's own rhythm of a few minutes, -1 to 1.</param>
    /// <param name="excursion">0 in normal operation, up to 1 when something is wrong.</param>
    protected abstract void Report(MetricMessage message, DateTimeOffset now, TimeSpan at, double cycle, double excursion);

    protected static string ModeAt(DateTimeOffset now) => now.UtcDateTime.Hour is >= 22 or < 5 ? "eco" : "auto";
}
