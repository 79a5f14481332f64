namespace OrleansIot.DeviceAgent.Demo;

/// <summary>A circulation pump: 1 to 4 mm/s of vibration; an excursion is a failing bearing, above 7.1 mm/s and 65 °C.</summary>
// 7.1 mm/s is where ISO 10816 stops tolerating a machine of this size.
internal sealed class Pump(string id, Random random, Episodes excursions) : SimulatedDevice(id, random, excursions)
{
    private readonly double _roughness = 1.6 + random.NextDouble();
    private readonly Drift _flow = new(random, 0.6);
    private readonly Drift _pressure = new(random, 0.08);
    private readonly Drift _vibration = new(random, 0.25);
    private readonly Drift _temperature = new(random, 0.7);

    protected override void Report(MetricMessage message, DateTimeOffset now, TimeSpan at, double cycle, double excursion)
    {
        var load = 0.6 + (0.2 * Waves.Daily(now, peakHour: 9)) + (0.15 * cycle);
        var flow = (30 * load) + _flow.Next() - (5 * excursion);
        message.Number("flow", flow, 2);
        message.Number("pressure", 2.4 + (1.2 * load) + _pressure.Next() - (0.5 * excursion), 2);
        message.Number("power", 0.6 + (0.11 * flow) + (0.8 * excursion), 2);
        message.Number("vibration", Math.Max(0.2, _roughness + (0.8 * load) + _vibration.Next() + (6.5 * excursion)), 2);
        message.Number("temperature", 40 + (10 * load) + _temperature.Next() + (22 * excursion), 2);
        message.Text("mode", ModeAt(now));
    }
}
