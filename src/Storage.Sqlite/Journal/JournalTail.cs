using System.Buffers;
using OrleansIot.Application.Twins.Encoding;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>Where in the log an append of a device is.</summary>
/// <param name="LastVersion">Of its last event.</param>
/// <param name="Offset">Of its record within the row.</param>
internal readonly record struct TailEntry(long Position, long LastVersion, int Offset);

/// <summary>Where the events of one device are that its snapshot does not cover. Taking a twin up again then reads only them.</summary>
internal sealed class JournalTail
{
    // Each entry as the differences to the one before, and its offset: some five bytes, where a fleet has one for each reading since
    // its last snapshots.
    private ByteBuffer? _entries;
    private TailEntry _last;

    /// <summary>Version of the snapshot: every later event is in the tail.</summary>
    public long After { get; private set; }

    /// <summary>Of the first row that is needed; null when none is.</summary>
    public long? FirstPosition { get; private set; }

    /// <summary>Of the device's last event.</summary>
    public long LastVersion => Math.Max(_last.LastVersion, After);

    public void Add(TailEntry entry)
    {
        if (_entries is null)
        {
            _entries = new ByteBuffer(16);
            FirstPosition = entry.Position;
            _last = default;
        }

        _entries.WriteVarint((ulong)(entry.Position - _last.Position));
        _entries.WriteVarint((ulong)(entry.LastVersion - _last.LastVersion));
        _entries.WriteVarint((ulong)entry.Offset);
        _last = entry;
    }

    /// <summary>Forgets what a snapshot of that version covers. An append that it covers in part stays.</summary>
    public void TrimThrough(long version)
    {
        After = Math.Max(After, version);
        var entries = _entries;
        _entries = null;
        FirstPosition = null;
        if (entries is null || _last.LastVersion <= After)
            return;

        var last = _last;
        var reader = new FieldReader(entries.Written);
        TailEntry needed = default;
        while (needed.LastVersion <= After)
            needed = Next(ref reader, needed);

        // What follows it is told as differences, and so stays as it is.
        Add(needed);
        _entries!.Write(entries.Written[reader.Position..]);
        _last = last;
    }

    public TailEntry[] ToArray()
    {
        if (_entries is null)
            return [];

        var entries = new List<TailEntry>(_entries.Length / 4);
        var reader = new FieldReader(_entries.Written);
        for (TailEntry last = default; !reader.IsAtEnd; entries.Add(last))
            last = Next(ref reader, last);

        return [.. entries];
    }

    private static TailEntry Next(ref FieldReader reader, TailEntry before) =>
        new(before.Position + (long)reader.ReadVarint(), before.LastVersion + (long)reader.ReadVarint(), (int)reader.ReadVarint());
}
