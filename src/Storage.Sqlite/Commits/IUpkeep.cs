namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Work that the writer finds for itself, in small pieces so that appends do not wait long.</summary>
internal interface IUpkeep
{
    bool IsDue { get; }

    /// <summary>Whether it has fallen so far behind that appends may wait for it.</summary>
    bool IsPressing => false;

    WriteJob NextJob();
}
