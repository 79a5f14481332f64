using OrleansIot.Application.History.Chunks;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.History;

/// <summary>Chunks that still grow: events of one device that are in the log, but in no stored chunk.</summary>
/// <param name="firstPosition">Position in the log of its first event.</param>
/// <param name="openedAt">Timestamp of that moment.</param>
/// <param name="spare">For its readings, when the first one comes.</param>
internal sealed class ReadingBuffer(long firstPosition, long openedAt, ReadingChunkWriter? spare = null)
{
    private static readonly ReadingChunkWriter Empty = new();

    private ReadingChunkWriter? _spare = spare;

    // Most events of a fleet that loses its connection are no readings.
    private ReadingChunkWriter? _chunk;

    public long FirstPosition { get; } = firstPosition;

    public long OpenedAt { get; } = openedAt;

    /// <summary>Whether it is large enough, or its time has come, to become a stored chunk.</summary>
    public bool IsReady { get; set; }

    /// <summary>Version of its first event, and of its first and last reading.</summary>
    public long FirstVersion { get; private set; }

    public long FirstReading { get; private set; }

    public long LastReading { get; private set; }

    /// <summary>Number of readings.</summary>
    public int Count => Readings.Count;

    public long FirstAt => Readings.FirstAt;

    public long LastAt => Readings.LastAt;

    /// <summary>Of all events, in bytes.</summary>
    public int Length => Readings.Length + (Others?.Length ?? 0);

    /// <summary>Of the readings.</summary>
    public ReadOnlySpan<byte> Bytes => Readings.Bytes;

    /// <summary>What is no reading; null with none.</summary>
    public EventChunk? Others { get; private set; }

    private ReadingChunkWriter Readings => _chunk ?? Empty;

    public void Add(long version, TwinEvent twinEvent)
    {
        if (FirstVersion == 0)
            FirstVersion = version;

        if (twinEvent is TwinEvent.ReadingRecorded recorded)
        {
            if (_chunk is null)
                FirstReading = version;

            (_chunk ??= _spare ?? new ReadingChunkWriter()).Add(recorded.Reading);
            LastReading = version;
        }
        else
        {
            (Others ??= new EventChunk(version)).Add(version, twinEvent);
        }
    }
    /// <summary>Its room, for the next one of a device that fills it again soon. Nobody reads it any more.</summary>
    public ReadingChunkWriter? GiveUpRoom()
    {
        var room = _chunk ?? _spare;
        (_chunk, _spare) = (null, null);
        room?.Start();
        return room;
    }
}
