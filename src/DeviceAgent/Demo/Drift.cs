namespace OrleansIot.DeviceAgent.Demo;

/// <summary>Noise as sensors have it: it wanders, and returns to zero by and by.</summary>
internal sealed class Drift(Random random, double size)
{
    private const double Memory = 0.9;

    private double _value;

    public double Next()
    {
        // The sum of three dice is bell-shaped enough to look at.
        var shock = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
        _value = (Memory * _value) + ((1 - Memory) * shock * size * 4);
        return _value;
    }
}
