using System.Runtime.CompilerServices;
using OrleansIot.Application;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Backups;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;
using OrleansIot.Storage.Sqlite.Past;

namespace OrleansIot.Storage.Sqlite.Snapshots;

/// <summary>One row per twin. Saving also tells the journal what it need no longer keep at hand.</summary>
internal sealed class SqliteSnapshots(GroupCommit writer, DeviceRegister devices, ReadConnections readers, SqliteJournal journal, DamageFound damage) : ITwinSnapshots
{
    // Some 500 KB: a millisecond or two of reading, and ten of decoding.
    private const int PerPortion = 500;

    public async ValueTask<Twin?> Load(DeviceId device, CancellationToken cancellation)
    {
        if (devices.Find(device) is not { } known)
            return null;

        // A twin that has no snapshot yet is not looked for.
        bool hasSnapshot;
        lock (known.Lock)
            hasSnapshot = known.Tail.After > 0;

        if (!hasSnapshot)
            return null;

        using (var reader = await readers.Rent(cancellation))
        {
            using var select = reader.Statement("SELECT device, version, body, checksum FROM snapshot WHERE device = ?").Bind(known.Id);
            if (!select.Step())
                return null;

            if (DataCheck.IsWhole(select, DataCheck.Snapshot))
                return TwinCodec.Decode(select.Blob(2));
        }

        damage.Add($"The snapshot of {device} is not what was written.");
        using (var reader = await readers.Rent(cancellation))
        {
            // It lacks the window of recent messages, as do the events that are no longer in the log: a repeat from before counts again.
            if (SqliteCheckpoints.Newest(reader, known, long.MaxValue, damage, out _) is { } newest)
                return newest;
        }

        await RequireWholeLog(device, cancellation);
        return null;
    }

    public async IAsyncEnumerable<IEnumerable<Twin>> LoadAll([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var last = 0L; await Portion(last, cancellation) is { Count: > 0 } portion; last = portion[^1].Device)
            yield return Decoded(portion);
    }

    public async ValueTask Save(IReadOnlyCollection<Twin> twins, CancellationToken cancellation)
    {
        // Encoded here, not on the writer's thread, which all appends wait for.
        var body = new ByteBuffer(4_096);
        var encoded = twins.Select(twin => Encode(twin, body)).ToArray();
        var saved = new SavedTwin[encoded.Length];
        await writer.Run(
            database =>
            {
                for (var i = 0; i < encoded.Length; i++)
                    saved[i] = Write(database, encoded[i]);

                return true;
            },
            committed: () =>
            {
                for (var i = 0; i < encoded.Length; i++)
                    Saved(saved[i], encoded[i].Version);
            },
            cancellation);
    }

    public async IAsyncEnumerable<DeviceId> Devices([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var known in devices.Stored)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return known.Device;
        }
    }

    private async ValueTask<List<StoredTwin>> Portion(long afterDevice, CancellationToken cancellation)
    {
        var portion = new List<StoredTwin>(PerPortion);
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement("SELECT device, version, body, checksum FROM snapshot WHERE device > ? ORDER BY device LIMIT ?").Bind(afterDevice).Bind(PerPortion);
        while (select.Step())
            portion.Add(new StoredTwin(select.Int64(0), IsWhole(select) ? select.Blob(2).ToArray() : null));

        return portion;
    }

    private static bool IsWhole(SqliteStatement row) => StoredChecksum.Fits(row.OptionalInt64(3), row.Blob(2), row.Int64(0), row.Int64(1));

    private static IEnumerable<Twin> Decoded(List<StoredTwin> portion)
    {
        foreach (var stored in portion)
        {
            Twin? twin = null;
            try
            {
                if (stored.Body is { } body)
                    twin = TwinCodec.Decode(body);
            }
            catch (Exception e) when (DataCheck.IsOfDamage(e))
            {
                // Whoever loads it by itself is told.
            }

            if (twin is not null)
                yield return twin;
        }
    }

    /// <summary>Without its snapshot a twin is the fold of all its events.</summary>
    private async ValueTask RequireWholeLog(DeviceId device, CancellationToken cancellation)
    {
        await foreach (var first in journal.Read(device, afterVersion: 0, cancellation))
        {
            if (first.Version == 1)
                return;

            break;
        }

        throw new StoreException($"The snapshot of {device} is damaged, and the event log no longer has its beginning. Restore a backup, or run the command 'repair'.") { Code = SqliteErrors.Damaged };
    }

    private EncodedTwin Encode(Twin twin, ByteBuffer body)
    {
        body.Clear();
        TwinCodec.Encode(body, twin);
        var snapshot = body.Written.ToArray();
        return new EncodedTwin(twin.Device, twin.Version, snapshot, SqliteCheckpoints.EncodeIfDue(devices.Find(twin.Device), twin, body));
    }

    private SavedTwin Write(SqliteDatabase database, EncodedTwin twin)
    {
        var known = devices.GetOrAdd(twin.Device);
        if (!known.IsStored)
            DeviceRegister.Store(database, known);

        const string Upsert =
            "INSERT INTO snapshot(device, version, body, checksum) VALUES(?, ?, ?, ?) ON CONFLICT(device) DO UPDATE SET version = excluded.version, body = excluded.body, checksum = excluded.checksum WHERE excluded.version >= version";
        database.Statement(Upsert).Bind(known.Id).Bind(twin.Version).Bind(twin.Body).Bind(StoredChecksum.Of(twin.Body, known.Id, twin.Version)).Run();
        return new SavedTwin(known, twin.Checkpoint is { } checkpoint && SqliteCheckpoints.Write(database, known, twin.Version, checkpoint));
    }

    private static void Saved(SavedTwin saved, long version)
    {
        var known = saved.Device;
        if (saved.IsCheckpoint)
        {
            known.Past.KeptAfter ??= version;
            known.Past.Checkpointed(version, known.Past.LastEventAt);
        }

        known.IsStored = true;
        known.Version = Math.Max(known.Version, version);
        lock (known.Lock)
            known.Tail.TrimThrough(version);
    }

    /// <param name="Body">Null: not what was written.</param>
    private readonly record struct StoredTwin(long Device, byte[]? Body);

    private readonly record struct EncodedTwin(DeviceId Device, long Version, byte[] Body, byte[]? Checkpoint);

    private readonly record struct SavedTwin(KnownDevice Device, bool IsCheckpoint);
}
