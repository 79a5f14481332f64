namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>Where in the log an append of a device is.</summary>
/// <param name="LastVersion">Of its last event.</param>
/// <param name="Offset">Of its record within the row.</param>
internal readonly record struct TailEntry(long Position, long LastVersion, int Offset);

/// <summary>Where the events of one device are that its snapshot does not cover. Taking a twin up again then reads only them.</summary>
internal sealed class JournalTail
{
    private List<TailEntry>? _entries;

    /// <summary>Version of the snapshot: every later event is in the tail.</summary>
    public long After { get; private set; }

    /// <summary>Of the first row that is needed; null when none is.</summary>
    public long? FirstPosition => _entries is [var first, ..] ? first.Position : null;

    /// <summary>Of the device's last event.</summary>
    public long LastVersion => _entries is [.., var last] ? Math.Max(last.LastVersion, After) : After;

    public void Add(TailEntry entry) => (_entries ??= []).Add(entry);

    /// <summary>Forgets what a snapshot of that version covers. An append that it covers in part stays.</summary>
    public void TrimThrough(long version)
    {
        After = Math.Max(After, version);
        if (_entries is null)
            return;

        var needed = _entries.FindIndex(entry => entry.LastVersion > After);
        if (needed < 0)
            _entries = null;
        else
            _entries.RemoveRange(0, needed);
    }

    public TailEntry[] ToArray() => _entries is null ? [] : [.. _entries];
}
