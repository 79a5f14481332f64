using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>The newest readings of a range, of all that are shown to it. Of two at one moment the later to arrive is the newer.</summary>
internal sealed class NewestReadings(long from, long to, int limit)
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
            if (readings.At < from || readings.At >= to)
                continue;

            var order = (readings.At, number, place);
            if (_kept.Count < limit)
                _kept.Enqueue(readings.ToReading(), order);
            else if (_kept.TryPeek(out _, out var oldest) && oldest.CompareTo(order) < 0)
                _kept.EnqueueDequeue(readings.ToReading(), order);
        }
    }

    public Reading[] InOrder()
    {
        var readings = new Reading[_kept.Count];
        for (var i = 0; i < readings.Length; i++)
            readings[i] = _kept.Dequeue();

        return readings;
    }
}
