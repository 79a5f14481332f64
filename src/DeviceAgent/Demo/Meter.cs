namespace OrleansIot.DeviceAgent.Demo;

/// <summary>An electricity meter on a battery: 225 to 235 V; an excursion lifts the voltage above 253 V.</summary>
// 253 V is ten percent above 230 V, where EN 50160 ends.
internal sealed class Meter(string id, Random random, Episodes excursions) : SimulatedDevice(id, random, excursions)
{
    private const double BatteryPercentPerHour = 0.5;

    private readonly double _baseLoad = 0.8 + random.NextDouble();
    private readonly double _fullBattery = 30 + (70 * random.NextDouble());
    private readonly Drift _voltage = new(random, 1.2);
    private readonly Drift _power = new(random, 0.3);
    private double _energy = Math.Round(20_000 * random.NextDouble());
    private TimeSpan _previous;

    protected override void Report(MetricMessage message, DateTimeOffset now, TimeSpan at, double cycle, double excursion)
    {
        var power = Math.Max(0.05, _baseLoad + (0.5 * (1 + Waves.Daily(now, peakHour: 18.5))) + (0.4 * cycle) + _power.Next());
        _energy += power * (at - _previous).TotalHours;
        _previous = at;

        var voltage = 230 + _voltage.Next() - power + (29 * excursion);
        message.Number("power", power, 3);
        message.Number("energy", _energy, 3);
        message.Number("voltage", voltage, 1);
        message.Number("current", 1_000 * power / voltage, 2);
        message.Number("battery", Math.Max(1, _fullBattery - (BatteryPercentPerHour * at.TotalHours)), 1);
    }
}
