using System.Buffers;
using System.Globalization;
using OrleansIot.Application;
using OrleansIot.Application.Past;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.History;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Sqlite.Past;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>Takes damaged rows out of a database, and makes new snapshots of the twins that need them to go on.</summary>
internal sealed class RowRepair(SqliteDatabase database, List<string> told)
{
    private readonly DeviceRegister _register = new();
    private readonly Dictionary<long, DeviceId> _devices = [];

    // Of each device, as far as its snapshot and the log go without a gap, and then with it.
    private readonly Dictionary<long, long> _versions = [];
    private readonly Dictionary<long, Twin> _rebuilt = [];

    // What is told of these as they were must not go over what is lost: a checkpoint behind it is made.
    private readonly HashSet<long> _lost = [];

    // Events that are in no chunk yet, with a gap among them.
    private readonly HashSet<long> _split = [];
    private readonly Dictionary<long, long> _buffered = [];

    /// <param name="now">What an older release did not keep a time of happened before.</param>
    public void Run(Instant now, CancellationToken cancellation)
    {
        _register.Load(database, now);
        foreach (var known in _register.Stored)
            _devices.Add(known.Id, known.Device);

        LeaveOutChunks(cancellation);
        LeaveOutEvents(cancellation);
        LeaveOutCheckpoints(cancellation);
        LeaveOutCommits(cancellation);
        FindBrokenSnapshots(cancellation);
        FindGaps(cancellation);
        if (_rebuilt.Count > 0)
            Rebuild(cancellation);

        foreach (var device in _split)
            Flush(_register.ById(device), cancellation);

        SeeTimes(cancellation);
        foreach (var device in _lost)
            Checkpoint(_register.ById(device));

        new RollupRepair(database, told, Name).Run(cancellation);
        new GuardedRepair(database, told).Run(cancellation);
    }

    private void LeaveOutChunks(CancellationToken cancellation)
    {
        var broken = new List<long>();
        using (var chunks = database.Statement(DataCheck.Chunks(database)))
        {
            while (chunks.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                if (DataCheck.IsWhole(chunks, DataCheck.Chunk))
                    continue;

                broken.Add(chunks.Int64(0));
                Loses(chunks.Int64(1));
                told.Add($"History of {Name(chunks.Int64(1))}: {chunks.Int64(4)} readings between {Time(chunks.Int64(2))} and {Time(chunks.Int64(3))} are damaged and left out.");
            }
        }

        foreach (var id in broken)
            database.Statement("DELETE FROM reading_chunk WHERE id = ?").Bind(id).Run();
    }

    private void LeaveOutEvents(CancellationToken cancellation)
    {
        foreach (var (device, last, first) in BrokenRows(DataCheck.Events, DataCheck.EventsOf, cancellation))
        {
            Loses(device);
            told.Add($"Past of {Name(device)}: events between version {first} and {last} that are no readings are damaged and left out.");
            database.Statement("DELETE FROM device_event WHERE device = ? AND last_version = ?").Bind(device).Bind(last).Run();
        }
    }

    private void LeaveOutCheckpoints(CancellationToken cancellation)
    {
        foreach (var (device, version, at) in BrokenRows(DataCheck.Checkpoints(database), DataCheck.Checkpoint, cancellation))
        {
            Loses(device);
            told.Add($"Past of {Name(device)}: its checkpoint at {Time(at)} is damaged and left out; what was then is folded from the one before, where there is one.");
            database.Statement("DELETE FROM checkpoint WHERE device = ? AND version = ?").Bind(device).Bind(version).Run();
        }
    }

    private List<(long Device, long Second, long Third)> BrokenRows(string sql, Action<SqliteStatement> read, CancellationToken cancellation)
    {
        var broken = new List<(long, long, long)>();
        using var rows = database.Statement(sql);
        while (rows.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!DataCheck.IsWhole(rows, read))
                broken.Add((rows.Int64(0), rows.Int64(1), rows.Int64(2)));
        }

        return broken;
    }

    private void LeaveOutCommits(CancellationToken cancellation)
    {
        var broken = new List<long>();
        using (var rows = database.Statement("SELECT position, body, committed_at FROM log ORDER BY position"))
        {
            while (rows.Step())
            {
                cancellation.ThrowIfCancellationRequested();
                if (DataCheck.IsWhole(rows, DataCheck.Commit))
                    continue;

                broken.Add(rows.Int64(0));
                var named = LogRow.DevicesOfBroken(rows.Blob(1)).Where(_devices.ContainsKey).Distinct().Select(Name).ToArray();
                told.Add($"Commit {rows.Int64(0)} of {Time(rows.Int64(2))} is damaged and left out. "
                    + (named.Length > 0 ? $"What can be read of it names {string.Join(", ", named)}." : "Which devices it was of cannot be read.")
                    + " Readings in it that were in no chunk yet are lost.");
            }
        }

        foreach (var position in broken)
            database.Statement("DELETE FROM log WHERE position = ?").Bind(position).Run();
    }

    private void FindBrokenSnapshots(CancellationToken cancellation)
    {
        using var snapshots = database.Statement(DataCheck.Snapshots(database));
        while (snapshots.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            var device = snapshots.Int64(0);
            if (DataCheck.IsWhole(snapshots, DataCheck.Snapshot))
                _versions[device] = snapshots.Int64(1);
            else if (_devices.TryGetValue(device, out var name))
                _rebuilt[device] = new Twin(name);
        }

        foreach (var device in _rebuilt.Keys.ToArray())
        {
            _rebuilt[device] = Kept(_register.ById(device), cancellation);
            _versions[device] = _rebuilt[device].Version;
        }
    }

    /// <summary>The twin as far as its checkpoints and what has left the log tell.</summary>
    private Twin Kept(KnownDevice known, CancellationToken cancellation)
    {
        var twin = new Twin(known.Device);
        using (var newest = database.Statement("SELECT body FROM checkpoint WHERE device = ? ORDER BY version DESC LIMIT 1").Bind(known.Id))
        {
            if (newest.Step())
                twin = TwinCodec.Decode(newest.Blob(0));
        }

        try
        {
            while (KeptEvents.StoredPiece(database.Statement, known, twin.Version) is { } piece)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var (version, happened) in piece)
                {
                    if (version > twin.Version + 1)
                        Told(known.Id, twin.Version + 1, version - 1);

                    twin = TwinEvolution.Evolve(twin with { Version = version - 1 }, happened);
                }
            }
        }
        catch (StoreException e)
        {
            told.Add(e.Message);
        }

        // No version is given out twice, though nothing is known of what had it.
        var last = LastKept(known.Id);
        if (last > twin.Version)
        {
            Told(known.Id, twin.Version + 1, last);
            twin = twin with { Version = last };
        }

        return twin;
    }

    private long LastKept(long device) => database.Number(string.Create(CultureInfo.InvariantCulture,
        $"""
        SELECT max(ifnull((SELECT max(last_version) FROM reading_chunk WHERE device = {device}), 0), ifnull((SELECT max(last_version) FROM device_event WHERE device = {device}), 0),
            (SELECT checkpoint_version FROM device WHERE id = {device}))
        """));

    private void FindGaps(CancellationToken cancellation)
    {
        foreach (var row in Rows(cancellation))
        {
            foreach (var record in row.Records())
            {
                FindSplit(row.Position, record);
                var version = _versions.GetValueOrDefault(record.Device);
                if (record.LastVersion <= version)
                    continue;

                if (record.FirstVersion > version + 1)
                {
                    Told(record.Device, version + 1, record.FirstVersion - 1);
                    _rebuilt.TryAdd(record.Device, new Twin(_devices[record.Device]));
                }

                _versions[record.Device] = record.LastVersion;
            }
        }

        foreach (var device in _rebuilt.Keys.Where(device => _versions.GetValueOrDefault(device) == 0))
            told.Add($"{Name(device)}: its snapshot is damaged, and the log has nothing of it any more; it begins anew.");
    }

    // The buffer of what comes next goes by versions one behind the other.
    private void FindSplit(long position, LogRecord record)
    {
        if (position <= _register.ById(record.Device).HistoryThrough)
            return;

        if (_buffered.TryGetValue(record.Device, out var last) && record.FirstVersion != last + 1)
        {
            _split.Add(record.Device);
            Loses(record.Device);
        }

        _buffered[record.Device] = record.LastVersion;
    }

    private void Rebuild(CancellationToken cancellation)
    {
        foreach (var device in _rebuilt.Keys.ToArray())
        {
            if (_rebuilt[device].Version > 0)
                continue;

            using var snapshot = database.Statement("SELECT device, version, body, checksum FROM snapshot WHERE device = ?").Bind(device);
            if (snapshot.Step() && DataCheck.IsWhole(snapshot, DataCheck.Snapshot))
                _rebuilt[device] = TwinCodec.Decode(snapshot.Blob(2));
        }

        foreach (var row in Rows(cancellation))
        {
            foreach (var record in row.Records())
            {
                if (!_rebuilt.TryGetValue(record.Device, out var twin) || record.LastVersion <= twin.Version)
                    continue;

                var version = record.FirstVersion;
                foreach (var happened in row.Events(record))
                {
                    if (version > twin.Version)
                        twin = TwinEvolution.Evolve(twin with { Version = version - 1 }, happened);

                    version++;
                }

                _rebuilt[record.Device] = twin;
            }
        }

        foreach (var (device, twin) in _rebuilt)
            Save(device, twin);
    }

    private void Save(long device, Twin twin)
    {
        database.Statement("DELETE FROM snapshot WHERE device = ?").Bind(device).Run();
        if (twin.Version == 0)
            return;

        var body = new ArrayBufferWriter<byte>();
        TwinCodec.Encode(body, twin);
        database.Statement("INSERT INTO snapshot(device, version, body, checksum) VALUES(?, ?, ?, ?)")
            .Bind(device).Bind(twin.Version).Bind(body.WrittenSpan).Bind(StoredChecksum.Of(body.WrittenSpan, device, twin.Version)).Run();
        told.Add($"{Name(device)}: its snapshot was made anew, up to version {twin.Version}.");
    }

    /// <summary>Makes what is in the log into chunks that end where something is missing.</summary>
    private void Flush(KnownDevice known, CancellationToken cancellation)
    {
        ReadingBuffer? buffer = null;
        var last = 0L;
        foreach (var row in Rows(cancellation))
        {
            last = row.Position;
            foreach (var record in row.Records().Where(record => record.Device == known.Id && row.Position > known.HistoryThrough))
            {
                if (buffer is not null && record.FirstVersion != _buffered[known.Id] + 1)
                {
                    HistoryFlush.Write(database, known, buffer, row.Position - 1, new ChunkRows(), new RollupRows(database, damage: null));
                    buffer = null;
                }

                buffer ??= new ReadingBuffer(row.Position, openedAt: 0);
                var version = record.FirstVersion;
                foreach (var happened in row.Events(record))
                {
                    buffer.Add(version++, happened);
                    known.Past.Happened(happened.At);
                }

                _buffered[known.Id] = record.LastVersion;
            }
        }

        if (buffer is not null)
            HistoryFlush.Write(database, known, buffer, last, new ChunkRows(), new RollupRows(database, damage: null));
    }

    // A checkpoint is of a time that no event before it is later than.
    private void SeeTimes(CancellationToken cancellation)
    {
        if (_lost.Count == 0)
            return;

        foreach (var row in Rows(cancellation))
        {
            foreach (var record in row.Records().Where(record => _lost.Contains(record.Device)))
            {
                foreach (var happened in row.Events(record))
                    _register.ById(record.Device).Past.Happened(happened.At);
            }
        }
    }

    private void Checkpoint(KnownDevice known)
    {
        using var snapshot = database.Statement("SELECT device, version, body, checksum FROM snapshot WHERE device = ?").Bind(known.Id);
        if (!snapshot.Step())
            return;

        var twin = TwinPast.Recorded(TwinCodec.Decode(snapshot.Blob(2)));
        var body = new ArrayBufferWriter<byte>();
        TwinCodec.Encode(body, twin);
        SqliteCheckpoints.Replace(database, known, twin.Version, body.WrittenSpan);
    }

    private void Loses(long device)
    {
        if (_devices.ContainsKey(device))
            _lost.Add(device);
    }

    private void Told(long device, long from, long through)
    {
        Loses(device);
        told.Add($"{Name(device)} has lost what happened from version {from} to {through}; it goes on with what came later.");
    }

    private IEnumerable<LogRow> Rows(CancellationToken cancellation)
    {
        using var rows = database.Statement(DataCheck.Commits);
        while (rows.Step())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return LogRow.Parse(rows.Int64(0), rows.Blob(1));
        }
    }

    private string Name(long device) => _devices.TryGetValue(device, out var name) ? name.Value : $"device number {device}";

    private static string Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("u");
}
