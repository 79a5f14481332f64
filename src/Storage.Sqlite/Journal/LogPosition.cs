namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>Where the log goes on. The writer's own.</summary>
internal sealed class LogPosition
{
    /// <summary>Of the next commit.</summary>
    public long Next { get; private set; } = 1;

    public long Last => Next - 1;

    public void ContinueAfter(long last) => Next = last + 1;

    public void Advance() => Next++;
}
