using System.Collections.Concurrent;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>
/// Rows that were read when the store was opened and hold events that no snapshot covers: every twin is taken up right after,
/// and would read the same rows again. Let go as soon as snapshots cover them.
/// </summary>
internal sealed class RecoveredRows
{
    // About five million readings: minutes of a full load, when snapshots are half a minute apart. What is beyond is read from the file.
    private const long MaxBytes = 256 * 1024 * 1024;

    private readonly ConcurrentDictionary<long, LogRow> _rows = [];
    private long _bytes;

    public LogRow? Find(long position) => _rows.IsEmpty ? null : _rows.GetValueOrDefault(position);

    public void Keep(LogRow row)
    {
        if (_bytes + row.Length > MaxBytes)
            return;

        _rows[row.Position] = row;
        _bytes += row.Length;
    }

    public void ReleaseBelow(long position)
    {
        if (_rows.IsEmpty)
            return;

        foreach (var kept in _rows.Keys)
        {
            if (kept < position)
                _rows.TryRemove(kept, out _);
        }
    }
}
