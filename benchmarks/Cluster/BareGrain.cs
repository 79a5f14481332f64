namespace OrleansIot.Cluster;

/// <summary>The least that a grain of a device could do: take a reading and keep it.</summary>
public interface IBareGrain : IGrainWithStringKey
{
    ValueTask<long> Ingest(BareReading reading);
}

/// <summary>A reading of the size that the swarm sends.</summary>
[GenerateSerializer, Immutable]
public sealed record BareReading([property: Id(0)] DateTimeOffset At, [property: Id(1)] BareMetric[] Metrics);

[GenerateSerializer, Immutable]
public readonly record struct BareMetric([property: Id(0)] string Name, [property: Id(1)] double Value);

/// <summary>Keeps the last reading in memory; decides nothing, stores nothing.</summary>
public sealed class BareGrain : Grain, IBareGrain
{
    private BareReading? _last;
    private long _count;

    public BareReading? Last => _last;

    public ValueTask<long> Ingest(BareReading reading)
    {
        _last = reading;
        return new(++_count);
    }
}
