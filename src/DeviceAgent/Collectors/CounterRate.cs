namespace OrleansIot.DeviceAgent.Collectors;

/// <summary>Turns an ever-growing counter into a rate.</summary>
internal struct CounterRate
{
    private long? _previous;

    /// <summary>Growth per second since the previous call; null the first time and after the counter was reset.</summary>
    public double? Next(long value, TimeSpan elapsed)
    {
        var previous = _previous;
        _previous = value;
        return previous <= value && elapsed > TimeSpan.Zero ? (value - previous.Value) / elapsed.TotalSeconds : null;
    }
}
