namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Work that the writer finds for itself, in small pieces so that appends do not wait long.</summary>
internal interface IUpkeep
{
    bool IsDue { get; }

    WriteJob NextJob();
}
