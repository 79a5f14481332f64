namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Something the writer is asked to do.</summary>
internal abstract class WriteRequest
{
    /// <summary>Tells whoever waits for it, if anybody does.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception failure);
}
