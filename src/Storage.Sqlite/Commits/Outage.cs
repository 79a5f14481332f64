using OrleansIot.Application;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Commits;

/// <summary>
/// Whether the file takes writes. While it does not, nothing is tried but a probe now and then, at growing distances: a commit
/// that is known to fail would only cost its devices time. The writer's own; others may ask for <see cref="Code"/>.
/// </summary>
internal sealed class Outage(TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    // How long devices wait at most after somebody has made room.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Where it comes back within this time after its end, it had not ended: the probe fitted, and what came after did not.
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    private long _startedAt;
    private long? _endedAt;
    private long _triedAt;
    private TimeSpan _pause;
    private StoreException? _cause;

    /// <summary>All that is ever told as <see cref="Code"/>.</summary>
    public static IReadOnlyList<string> Codes { get; } = [SqliteErrors.Full, SqliteErrors.WriteFailed, SqliteErrors.Busy];

    /// <summary>What it suffers from; null: it takes writes.</summary>
    public string? Code => Volatile.Read(ref _cause)?.Code;

    // A file that another program holds is free again at any moment, and waiting for it is SQLite's own.
    public bool Refuses => _cause is { } cause && cause.Code != SqliteErrors.Busy;

    public bool IsProbeDue => Refuses && time.GetElapsedTime(_triedAt) >= _pause;

    public TimeSpan UntilProbe => _pause;

    public TimeSpan Lasted => time.GetElapsedTime(_startedAt);

    /// <summary>What a request is told that was not even tried.</summary>
    public StoreException Refusal() => new($"The store takes no writes at present: {_cause!.Message}", isTransient: true, _cause) { Code = _cause.Code };

    public static bool IsOne(Exception failure) => failure is StoreException { IsTransient: true, Code: { } code } && Codes.Contains(code);

    /// <returns>Whether it is news.</returns>
    public bool Failed(StoreException cause)
    {
        var isNews = _cause?.Code != cause.Code;
        if (_cause is null)
        {
            _startedAt = time.GetTimestamp();
            _pause = _endedAt is { } ended && time.GetElapsedTime(ended) < Calm ? Longer(_pause) : FirstPause;
        }
        else if (Refuses)
        {
            _pause = Longer(_pause);
        }

        _triedAt = time.GetTimestamp();
        Volatile.Write(ref _cause, cause);
        return isNews;
    }

    public void Ended()
    {
        _endedAt = time.GetTimestamp();
        Volatile.Write(ref _cause, null);
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;
}
