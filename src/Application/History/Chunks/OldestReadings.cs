using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History.Chunks;

/// <summary>
/// The oldest readings of a range, of all that are shown to it, and all of the last one's moment. Of two at one moment the later to
/// arrive is the newer.
/// </summary>
public sealed class OldestReadings(long from, long to, int limit, KeptMetrics kept)
{
    // The newest first.
    private readonly PriorityQueue<Reading, (long At, long Chunk, int Place)> _kept = new(Comparer<(long, long, int)>.Create((one, other) => other.CompareTo(one)));
    private long _end = to;

    /// <summary>Whether nothing at this time or later is wanted.</summary>
    public bool IsBeyond(long at) => at >= _end;

    /// <param name="number">Chunks that came later have a greater one.</param>
    public void AddChunk(byte[] chunk, long number)
    {
        var readings = new ReadingChunkReader(chunk);
        for (var place = 0; readings.Read(); place++)
        {
            if (readings.At >= from && readings.At < _end)
                Keep(readings.ToReading(), number, place);
        }
    }

    /// <summary>A reading that is in no chunk yet.</summary>
    /// <param name="number">Beyond those of all chunks.</param>
    public void Add(Reading reading, long number)
    {
        if (reading.At.UnixMilliseconds >= from && reading.At.UnixMilliseconds < _end)
            Keep(reading, number, 0);
    }

    public Reading[] InOrder()
    {
        var readings = new Reading[_kept.Count];
        for (var i = readings.Length - 1; i >= 0; i--)
            readings[i] = _kept.Dequeue();

        return readings;
    }

    private void Keep(Reading reading, long number, int place)
    {
        if (kept.Of(reading) is not { } left)
            return;

        _kept.Enqueue(left, (left.At.UnixMilliseconds, number, place));
        if (_kept.Count <= limit)
            return;

        // All of the newest moment go together, or stay.
        _kept.TryPeek(out _, out var newest);
        var ofThatMoment = new List<(Reading Reading, (long, long, int) Order)>();
        while (_kept.TryPeek(out var next, out var order) && order.At == newest.At)
        {
            _kept.Dequeue();
            ofThatMoment.Add((next, order));
        }

        if (_kept.Count >= limit)
        {
            _end = newest.At;
            return;
        }

        _end = newest.At + 1;
        foreach (var (same, order) in ofThatMoment)
            _kept.Enqueue(same, order);
    }
}
