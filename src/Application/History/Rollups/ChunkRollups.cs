using OrleansIot.Application.History.Chunks;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Rollups;

/// <summary>The minutes of readings that become a chunk, by hour.</summary>
public sealed class ChunkRollups
{
    private readonly Dictionary<long, RollupBlock> _hours = [];
    private long _lastHour = long.MinValue;
    private RollupBlock? _last;

    /// <summary>Hours since 1970.</summary>
    public IReadOnlyDictionary<long, RollupBlock> Hours => _hours;

    /// <summary>The newest time measured, and received.</summary>
    public long LastAt { get; private set; } = long.MinValue;

    public long LastReceivedAt { get; private set; } = long.MinValue;

    public void AddChunk(byte[] chunk)
    {
        var readings = new ReadingChunkReader(chunk);
        while (readings.Read())
        {
            Saw(readings.At, readings.ReceivedAt);
            for (var i = 0; i < readings.Values.Length; i++)
                Add(readings.At, readings.Names[i], readings.Values[i]);
        }
    }

    public void Add(Reading reading)
    {
        Saw(reading.At.UnixMilliseconds, reading.ReceivedAt.UnixMilliseconds);
        foreach (var metric in reading.Metrics)
            Add(reading.At.UnixMilliseconds, metric.Name, metric.Value);
    }

    private void Saw(long at, long receivedAt) => (LastAt, LastReceivedAt) = (Math.Max(LastAt, at), Math.Max(LastReceivedAt, receivedAt));

    private void Add(long at, MetricName name, MetricValue value)
    {
        if (value.Kind != MetricKind.Text)
            Hour(RollupLevel.Minute.BlockOf(at)).Add(name, at, value.Number);
    }

    private RollupBlock Hour(long hour)
    {
        if (_last is not null && hour == _lastHour)
            return _last;

        if (!_hours.TryGetValue(hour, out var block))
            _hours.Add(hour, block = new RollupBlock(RollupLevel.Minute));

        (_lastHour, _last) = (hour, block);
        return block;
    }
}
