using System.Buffers;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.Backups;

/// <summary>Takes damaged rows out of a database, and makes new snapshots of the twins that need them to go on.</summary>
internal sealed class RowRepair(SqliteDatabase database, List<string> told)
{
    private readonly Dictionary<long, DeviceId> _devices = [];

    // Of each device, as far as its snapshot and the log go without a gap, and then with it.
    private readonly Dictionary<long, long> _versions = [];
    private readonly Dictionary<long, Twin> _rebuilt = [];

    public void Run(CancellationToken cancellation)
    {
        using (var devices = database.Statement("SELECT id, name FROM device"))
        {
            while (devices.Step())
                _devices.Add(devices.Int64(0), DeviceId.Parse(devices.Text(1)));
        }

        LeaveOutChunks(cancellation);
        LeaveOutCommits(cancellation);
        FindBrokenSnapshots(cancellation);
        FindGaps(cancellation);
        if (_rebuilt.Count > 0)
            Rebuild(cancellation);
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
                told.Add($"History of {Name(chunks.Int64(1))}: {chunks.Int64(4)} readings between {Time(chunks.Int64(2))} and {Time(chunks.Int64(3))} are damaged and left out.");
            }
        }

        foreach (var id in broken)
            database.Statement("DELETE FROM reading_chunk WHERE id = ?").Bind(id).Run();
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
            else
                _rebuilt[device] = new Twin(_devices[device]);
        }
    }

    private void FindGaps(CancellationToken cancellation)
    {
        foreach (var row in Rows(cancellation))
        {
            foreach (var record in row.Records())
            {
                var version = _versions.GetValueOrDefault(record.Device);
                if (record.LastVersion <= version)
                    continue;

                if (record.FirstVersion > version + 1)
                {
                    told.Add($"{Name(record.Device)} has lost what happened from version {version + 1} to {record.FirstVersion - 1}; it goes on with what came later.");
                    _rebuilt.TryAdd(record.Device, new Twin(_devices[record.Device]));
                }

                _versions[record.Device] = record.LastVersion;
            }
        }

        foreach (var device in _rebuilt.Keys.Where(device => !_versions.ContainsKey(device)))
            told.Add($"{Name(device)}: its snapshot is damaged, and the log has nothing of it any more; it begins anew.");
    }

    private void Rebuild(CancellationToken cancellation)
    {
        foreach (var device in _rebuilt.Keys.ToArray())
        {
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
