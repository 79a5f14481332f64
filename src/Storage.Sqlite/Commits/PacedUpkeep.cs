namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>Upkeep that rests after each piece, in proportion to what that took. The writer's own.</summary>
internal sealed class PacedUpkeep(IUpkeep upkeep, TimeProvider time)
{
    // A fifth of the writer's time: of a thousand devices whose chunks are full in the same moment, each is a millisecond's work, and a
    // second in which nothing else is committed would be seen by all of them.
    private const int RestPerWork = 4;

    // However long a disk made one wait: no upkeep rests for longer than a fleet would notice.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(200);

    private long _endedAt;
    private TimeSpan _rest;

    public bool IsDue => upkeep.IsDue;

    /// <summary>For how long what else there is goes first; not above zero: for no time.</summary>
    public TimeSpan Rest => upkeep.IsPressing ? TimeSpan.Zero : _rest - time.GetElapsedTime(_endedAt);

    /// <summary>Does the next piece.</summary>
    public void Run(Action<WriteJob> run)
    {
        var started = time.GetTimestamp();
        run(upkeep.NextJob());
        _endedAt = time.GetTimestamp();
        var rest = RestPerWork * time.GetElapsedTime(started, _endedAt);
        _rest = rest < LongestRest ? rest : LongestRest;
    }
}
