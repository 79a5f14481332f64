using OrleansIot.Application.History.Chunks;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>
/// Which devices have events that are in the log but in no chunk, and when these become chunks. The writer's own. The log
/// refills the buffers after a crash, so waiting costs nothing but the time of that: chunks are made large.
/// </summary>
internal sealed class HistoryBuffers(TimeProvider time, LogPosition log, DamageFound damage) : IUpkeep
{
    // Bounds what a crash makes the next start read again.
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    // About 2.5 million readings: a start after a crash reads them again in two or three seconds.
    private const long MaxBytes = 64L * 1024 * 1024;

    // A chunk of some 600 readings of six metrics: what its row, its index entries and its names cost is then a tenth of it.
    private const int FullChunkBytes = 16 * 1024;

    // At most, in one transaction; full ones are fewer, as it ends with its time.
    private const int ChunksAtOnce = 32;
    private const long ReadyBytesWorthACommit = 4 * FullChunkBytes;

    // Room that would grow anew with every chunk: of devices with several readings a second, and some 20 KiB each. A collection of all of
    // the heap, which that brings about every few seconds otherwise, is felt by every message.
    private const int MostSpares = 2_048;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    // In the order in which they were opened. One that became ready before its time is passed over when its turn comes.
    private readonly Queue<(KnownDevice Device, ReadingBuffer Buffer)> _opened = [];
    private readonly Queue<(KnownDevice Device, ReadingBuffer Buffer)> _ready = [];
    private long _bytes;
    private long _readyBytes;
    private int _spares;

    // Some that are ready are so because their time had come, however small they are.
    private bool _isUnfinished;
    private long? _failedAt;
    private volatile bool _closing;

    public bool IsDue => _failedAt is { } failed
        ? time.GetElapsedTime(failed) >= PauseAfterFailure
        : _readyBytes >= ReadyBytesWorthACommit || _isUnfinished || OldestIsDue();

    public bool IsPressing => _bytes > MaxBytes;

    /// <summary>From now on everything is due.</summary>
    public void Close() => _closing = true;

    /// <summary>The caller holds the device's lock.</summary>
    /// <param name="version">Of the first event.</param>
    public void Add(KnownDevice device, long position, long version, ReadOnlySpan<TwinEvent> events)
    {
        var buffer = device.Buffer;
        if (buffer is null)
        {
            device.Buffer = buffer = new ReadingBuffer(position, time.GetTimestamp(), TakeSpare(device));
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

        _isUnfinished &= _ready.Count > 0;
        while (chosen.Count < ChunksAtOnce && OldestIsDue())
            chosen.Add(_opened.Dequeue());

        return new HistoryFlush(this, chosen, log.Last, time, damage);
    }

    internal void Flushed(KnownDevice device, ReadingBuffer buffer, long through)
    {
        _bytes -= buffer.Length;
        if (buffer.IsReady)
            _readyBytes -= buffer.Length;

        lock (device.Lock)
        {
            device.Buffer = null;
            device.HistoryThrough = through;
        }

        if (buffer.Length >= FullChunkBytes && _spares < MostSpares && buffer.GiveUpRoom() is { } room)
        {
            device.SpareRoom = room;
            _spares++;
        }

        _failedAt = null;
    }

    /// <summary>Their turn comes again soon.</summary>
    internal void NotYetFlushed(List<(KnownDevice Device, ReadingBuffer Buffer)> left)
    {
        foreach (var (device, buffer) in left)
            MakeReady(device, buffer);

        _isUnfinished |= left.Count > 0;
    }

    internal void NotFlushed(List<(KnownDevice Device, ReadingBuffer Buffer)> chosen)
    {
        _failedAt = time.GetTimestamp();
        NotYetFlushed(chosen);
    }

    private ReadingChunkWriter? TakeSpare(KnownDevice device)
    {
        if (device.SpareRoom is not { } room)
            return null;

        device.SpareRoom = null;
        _spares--;
        return room;
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
