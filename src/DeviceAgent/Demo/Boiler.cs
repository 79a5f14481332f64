namespace OrleansIot.DeviceAgent.Demo;

/// <summary>A heating boiler: 50 to 75 °C; an excursion overheats it to above 85 °C and 2.3 bar.</summary>
internal sealed class Boiler(string id, Random random, Episodes excursions) : SimulatedDevice(id, random, excursions)
{
    private readonly double _setPoint = 58 + (4 * random.NextDouble());
    private readonly Drift _temperature = new(random, 0.8);
    private readonly Drift _pressure = new(random, 0.03);
    private readonly Drift _flow = new(random, 0.4);

    protected override void Report(MetricMessage message, DateTimeOffset now, TimeSpan at, double cycle, double excursion)
    {
        var demand = 0.55 + (0.25 * Waves.Daily(now, peakHour: 6.5)) + (0.15 * cycle);
        var temperature = _setPoint + (10 * demand) + _temperature.Next() + (27 * excursion);
        message.Number("temperature", temperature, 2);
        message.Number("return-temperature", temperature - 12 - (6 * demand), 2);
        message.Number("pressure", 1.5 + (0.01 * (temperature - 60)) + _pressure.Next() + (0.6 * excursion), 2);
        message.Number("flow", 12 + (8 * demand) + _flow.Next(), 2);
        message.Number("power", 24 * demand * (1 - (0.5 * excursion)), 2);
        message.Flag("burner", demand > 0.45);
        message.Text("mode", excursion > 0.8 ? "limit" : ModeAt(now));
    }
}
