using OrleansIot.Storage.Sqlite.Commits;

namespace OrleansIot.Storage.Sqlite;

/// <summary>What of an open store can be set.</summary>
internal sealed record StoreTuning
{
    /// <summary>How long to wait for a lock of another program on the file. Nobody else writes; only a backup tool may hold it for a moment.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long alerts that are resolved are kept, and what was told of them.</summary>
    public TimeSpan AlertRetention { get; init; } = new SqliteOptions().AlertRetention;

    /// <summary>How many pages of write-ahead log are copied into the file at once.</summary>
    public long CheckpointPages { get; init; } = Checkpointer.PagesAtOnce;
}
