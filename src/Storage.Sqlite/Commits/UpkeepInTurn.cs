namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Several kinds of upkeep; none waits for another that always has something to do.</summary>
internal sealed class UpkeepInTurn(params IUpkeep[] kinds) : IUpkeep
{
    private int _next;

    public bool IsDue => Array.Exists(kinds, kind => kind.IsDue);

    public bool IsPressing => Array.Exists(kinds, kind => kind.IsPressing);

    public WriteJob NextJob()
    {
        for (var looked = 0; looked < kinds.Length && !kinds[_next].IsDue; looked++)
            Advance();

        var job = kinds[_next].NextJob();
        Advance();
        return job;
    }

    private void Advance() => _next = (_next + 1) % kinds.Length;
}
