using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Chunks;

/// <summary>The newest readings of a range, of all that are shown to it. Of two at one moment the later to arrive is the newer.</summary>
public sealed class NewestReadings(long from, long to, int limit, KeptMetrics kept)
{
    private readonly PriorityQueue<Reading, (long At, long Chunk, int Place)> _kept = new();

    /// <summary>Whether a chunk that ends at this time has nothing for it.</summary>
    public bool IsBeyond(long lastAt) => _kept.Count == limit && _kept.TryPeek(out _, out var oldest) && lastAt < oldest.At;

    /// <param name="number">Chunks that came later have a greater one.</param>
    public void AddChunk(byte[] chunk, long number)
    {
        var readings = new ReadingChunkReader(chunk);
        for (var place = 0; readings.Read(); place++)
        {
            var order = (readings.At, number, place);
            if (IsWanted(order) && kept.Of(readings.ToReading()) is { } left)
                Keep(left, order);
        }
    }

    /// <summary>A reading that is in no chunk yet.</summary>
    /// <param name="number">Beyond those of all chunks.</param>
    public void Add(Reading reading, long number)
    {
        var order = (reading.At.UnixMilliseconds, number, 0);
        if (IsWanted(order) && kept.Of(reading) is { } left)
            Keep(left, order);
    }

    public Reading[] InOrder()
    {
        var readings = new Reading[_kept.Count];
        for (var i = 0; i < readings.Length; i++)
            readings[i] = _kept.Dequeue();

        return readings;
    }

    private bool IsWanted((long At, long Chunk, int Place) order) =>
        order.At >= from && order.At < to && (_kept.Count < limit || (_kept.TryPeek(out _, out var oldest) && oldest.CompareTo(order) < 0));

    private void Keep(Reading reading, (long At, long Chunk, int Place) order)
    {
        if (_kept.Count < limit)
            _kept.Enqueue(reading, order);
        else
            _kept.EnqueueDequeue(reading, order);
    }
}
