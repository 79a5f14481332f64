using OrleansIot.Domain;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Past;

/// <summary>What is kept of the past of one device. Only the writer changes it; anybody reads.</summary>
internal sealed class DevicePast
{
    private const long Unknown = -1;

    private long _keptAfter;
    private long _droppedThrough;
    private long _lastEventAt = Instant.MinValue.UnixMilliseconds;
    private long _checkpointVersion;
    private long _checkpointAt = Instant.MinValue.UnixMilliseconds;

    /// <summary>Every event after this version is kept, and the twin at that version (0: it did not exist). Null where an older
    /// release wrote the log, and no checkpoint has been made since.</summary>
    public long? KeptAfter
    {
        get => Interlocked.Read(ref _keptAfter) is var version and not Unknown ? version : null;
        set => Interlocked.Exchange(ref _keptAfter, value ?? Unknown);
    }

    /// <summary>Events up to this version have expired; some of them may be there still.</summary>
    public long DroppedThrough
    {
        get => Interlocked.Read(ref _droppedThrough);
        set => Interlocked.Exchange(ref _droppedThrough, value);
    }

    /// <summary>No event is later.</summary>
    public long LastEventAt => Interlocked.Read(ref _lastEventAt);

    /// <summary>Of the newest checkpoint; 0 with none.</summary>
    public long CheckpointVersion => Interlocked.Read(ref _checkpointVersion);

    public long CheckpointAt => Interlocked.Read(ref _checkpointAt);

    /// <summary>The newest chunks of readings, while they are small. The writer's own.</summary>
    public SmallChunks SmallChunks { get; set; }

    /// <param name="device">A row of <c>kept_after, last_event_at, checkpoint_version, checkpoint_at, dropped_through</c>, from column 3 on.</param>
    public void Load(SqliteStatement device, Instant now)
    {
        KeptAfter = device.OptionalInt64(3);
        _lastEventAt = device.OptionalInt64(4) ?? (KeptAfter is null ? now.UnixMilliseconds : _lastEventAt);
        _checkpointVersion = device.Int64(5);
        _checkpointAt = device.OptionalInt64(6) ?? _checkpointAt;
        _droppedThrough = device.Int64(7);
    }

    public void Happened(Instant at)
    {
        if (at.UnixMilliseconds > _lastEventAt)
            Interlocked.Exchange(ref _lastEventAt, at.UnixMilliseconds);
    }

    public void Checkpointed(long version, long at)
    {
        Interlocked.Exchange(ref _checkpointVersion, version);
        Interlocked.Exchange(ref _checkpointAt, at);
    }
}

/// <summary>Chunks behind each other that are worth being made into one.</summary>
/// <param name="FirstLastVersion">Of the last reading of the first of them.</param>
internal readonly record struct SmallChunks(int Count, int Bytes, long FirstLastVersion);
