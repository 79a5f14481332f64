using OrleansIot.Application.History.Chunks;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>A chunk that still grows: readings of one device that are in the log, but in no stored chunk.</summary>
/// <param name="firstPosition">Position in the log of its first reading.</param>
/// <param name="openedAt">Timestamp of that moment.</param>
internal sealed class ReadingBuffer(long firstPosition, long openedAt)
{
    private readonly ReadingChunkWriter _chunk = new();

    public long FirstPosition { get; } = firstPosition;

    public long OpenedAt { get; } = openedAt;

    /// <summary>Whether it is large enough, or its time has come, to become a stored chunk.</summary>
    public bool IsReady { get; set; }

    public int Count => _chunk.Count;

    public long FirstAt => _chunk.FirstAt;

    public long LastAt => _chunk.LastAt;

    public int Length => _chunk.Length;

    public ReadOnlySpan<byte> Bytes => _chunk.Bytes;

    public void Add(Reading reading) => _chunk.Add(reading);
}
