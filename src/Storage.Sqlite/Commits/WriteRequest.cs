namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Something the writer is asked to do.</summary>
internal abstract class WriteRequest;
