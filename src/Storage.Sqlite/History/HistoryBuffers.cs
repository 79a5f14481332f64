using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>
/// Which devices have events that are in the log but in no chunk, and when these become chunks. The writer's own. The log
/// refills the buffers after a crash, so waiting costs nothing but the time of that: chunks are made large.
/// </summary>
internal sealed class HistoryBuffers(TimeProvider time, LogPosition log) : IUpkeep
{
    // Bounds what a crash makes the next start read again.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    // About 2.5 million readings: a start after a crash reads them again in two or three seconds.
    private const long MaxBytes = 64L * 1024 * 1024;

    // A chunk of some 600 readings of six metrics: what its row, its index entries and its names cost is then a tenth of it.
    private const int FullChunkBytes = 16 * 1024;

    // One transaction, some milliseconds, for which appends wait: of a thousand devices that fill their chunks at the same pace, all are
    // ready within a second, and 256 at once are 150,000 readings to roll up before the next commit.
    private const int ChunksAtOnce = 32;
    private const long ReadyBytesWorthACommit = ChunksAtOnce * FullChunkBytes;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    // In the order in which they were opened. One that became ready before its time is passed over when its turn comes.
    private readonly Queue<(KnownDevice Device, ReadingBuffer Buffer)> _opened = [];
    private readonly Queue<(KnownDevice Device, ReadingBuffer Buffer)> _ready = [];
    private long _bytes;
    private long _readyBytes;
    private long? _failedAt;
    private volatile bool _closing;

    public bool IsDue => _failedAt is { } failed
        ? time.GetElapsedTime(failed) >= PauseAfterFailure
        : _readyBytes >= ReadyBytesWorthACommit || OldestIsDue();

    /// <summary>From now on everything is due.</summary>
    public void Close() => _closing = true;

    /// <summary>The caller holds the device's lock.</summary>
    /// <param name="version">Of the first event.</param>
    public void Add(KnownDevice device, long position, long version, ReadOnlySpan<TwinEvent> events)
    {
        var buffer = device.Buffer;
        if (buffer is null)
        {
            device.Buffer = buffer = new ReadingBuffer(position, time.GetTimestamp());
            _opened.Enqueue((device, buffer));
        }

        var before = buffer.Length;
        foreach (var twinEvent in events)
        {
            buffer.Add(version++, twinEvent);
            device.Past.Happened(twinEvent.At);
        }

        _bytes += buffer.Length - before;
        if (buffer.IsReady)
            _readyBytes += buffer.Length - before;
        else if (buffer.Length >= FullChunkBytes)
            MakeReady(device, buffer);
    }

    public WriteJob NextJob()
    {
        var chosen = new List<(KnownDevice, ReadingBuffer)>(ChunksAtOnce);
        while (chosen.Count < ChunksAtOnce && _ready.TryDequeue(out var ready))
            chosen.Add(ready);

        while (chosen.Count < ChunksAtOnce && OldestIsDue())
            chosen.Add(_opened.Dequeue());

        return new HistoryFlush(this, chosen, log.Last);
    }

    internal void Flushed(KnownDevice device, ReadingBuffer buffer, long through)
    {
        lock (device.Lock)
        {
            device.Buffer = null;
            device.HistoryThrough = through;
        }

        _bytes -= buffer.Length;
        if (buffer.IsReady)
            _readyBytes -= buffer.Length;

        _failedAt = null;
    }

    internal void NotFlushed(List<(KnownDevice Device, ReadingBuffer Buffer)> chosen)
    {
        _failedAt = time.GetTimestamp();
        foreach (var (device, buffer) in chosen)
            MakeReady(device, buffer);
    }

    private void MakeReady(KnownDevice device, ReadingBuffer buffer)
    {
        _ready.Enqueue((device, buffer));
        if (!buffer.IsReady)
            _readyBytes += buffer.Length;

        buffer.IsReady = true;
    }

    private bool OldestIsDue()
    {
        while (_opened.TryPeek(out var oldest))
        {
            if (!oldest.Buffer.IsReady)
                return _closing || _bytes > MaxBytes || time.GetElapsedTime(oldest.Buffer.OpenedAt) >= MaxAge;

            _opened.Dequeue();
        }

        return _closing && _ready.Count > 0;
    }
}
