namespace OrleansIot.Api.Metrics;

/// <summary>One value, or one histogram.</summary>
internal sealed class MetricSeries(double[] bounds)
{
    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _value;

    /// <summary>In which collection an observable instrument last reported this series.</summary>
    private long _observedIn;

    public double[] Bounds => bounds;

    public void Add(double amount)
    {
        lock (_lock)
            _value += amount;
    }

    public void Set(double value)
    {
        lock (_lock)
            _value = value;
    }

    /// <summary>A reading of an observable instrument: several instruments of one name count together.</summary>
    public void Observe(double value, long collection, bool sum)
    {
        lock (_lock)
        {
            _value = sum && _observedIn == collection ? _value + value : value;
            _observedIn = collection;
        }
    }

    public bool IsStale(long collection)
    {
        lock (_lock)
            return _observedIn != 0 && _observedIn != collection;
    }

    public void Record(double value)
    {
        var index = 0;
        while (index < bounds.Length && value > bounds[index])
            index++;

        lock (_lock)
        {
            _buckets[index]++;
            _value += value;
        }
    }

    /// <summary>The value, or the sum of a histogram's values; and the counts of its buckets.</summary>
    public (double Value, long[] Buckets) Read()
    {
        lock (_lock)
            return (_value, [.. _buckets]);
    }
}
