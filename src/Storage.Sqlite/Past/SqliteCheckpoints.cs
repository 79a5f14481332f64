using OrleansIot.Application.Past;
using OrleansIot.Application;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Backups;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Sqlite.Journal;

namespace OrleansIot.Storage.Sqlite.Past;

/// <summary>Some of the snapshots, kept.</summary>
internal sealed class SqliteCheckpoints(DeviceRegister devices, ReadConnections readers, PastHorizon horizon, DamageFound damage) : ITwinCheckpoints
{
    // What is folded for an answer is about so many events, some two milliseconds of them...
    private const int EventsApart = 1_000;

    // ...but a checkpoint costs no more than four bytes per event, as long as that keeps an answer below 50 ms.
    private const int BytesPerEvent = 4;
    private const int MostEventsApart = 16_384;

    // A device that says little is not kept much longer than it should be: what is older than a checkpoint can go.
    private static readonly TimeSpan TimeApart = TimeSpan.FromDays(1);

    public async ValueTask<PastStart> Find(DeviceId device, Instant at, CancellationToken cancellation)
    {
        var from = new Instant(horizon.From);
        if (devices.Find(device) is not { } known)
            return new PastStart.From(new Twin(device));

        if (at < from)
            return new PastStart.Expired(from);

        using var reader = await readers.Rent(cancellation);
        if (Newest(reader, known, at.UnixMilliseconds, damage, out var isDamaged) is { } newest)
            return new PastStart.From(newest);

        if (known.Past.KeptAfter == 0)
            return new PastStart.From(new Twin(device));

        if (isDamaged)
            throw new StoreException($"The state that {device} was in at the time is damaged. Restore a backup, or run the command 'repair', which leaves it out.") { Code = SqliteErrors.Damaged };

        using var oldest = reader.Statement("SELECT at FROM checkpoint WHERE device = ? ORDER BY version LIMIT 1").Bind(known.Id);
        return new PastStart.Expired(oldest.Step() ? new Instant(oldest.Int64(0)) : null);
    }

    /// <summary>The newest that is whole: what is folded from one before a damaged one is the same.</summary>
    public static Twin? Newest(ReadConnection reader, KnownDevice known, long at, DamageFound damage, out bool isDamaged)
    {
        isDamaged = false;
        using var newest = reader.Statement("SELECT device, version, at, body, checksum FROM checkpoint WHERE device = ? AND at <= ? ORDER BY at DESC, version DESC").Bind(known.Id).Bind(at);
        while (newest.Step())
        {
            if (DataCheck.IsWhole(newest, DataCheck.Checkpoint))
                return TwinCodec.Decode(newest.Blob(3));

            isDamaged = true;
            damage.Add($"The checkpoint of {known.Device} at version {newest.Int64(1)} is not what was written.");
        }

        return null;
    }

    /// <summary>The body of a checkpoint of the twin; null when the last is near enough.</summary>
    public static byte[]? EncodeIfDue(KnownDevice? known, Twin twin, ByteBuffer body)
    {
        if (known is { Past: { CheckpointVersion: > 0 and var last } past })
        {
            var events = twin.Version - last;
            if (events < EventsApart && (events < 1 || past.LastEventAt - past.CheckpointAt < TimeApart.TotalMilliseconds))
                return null;
        }

        body.Clear();
        TwinCodec.Encode(body, TwinPast.Recorded(twin));
        var isWorthIt = known is null || twin.Version - known.Past.CheckpointVersion >= Math.Min(body.Length / BytesPerEvent, MostEventsApart)
            || known.Past.LastEventAt - known.Past.CheckpointAt >= TimeApart.TotalMilliseconds;
        return isWorthIt ? body.Written.ToArray() : null;
    }

    /// <returns>Whether it was written: it is not where events after it are only in the log of an older release.</returns>
    public static bool Write(SqliteDatabase database, KnownDevice known, long version, ReadOnlySpan<byte> body)
    {
        if (version <= known.Past.CheckpointVersion)
            return false;

        var keptAfter = known.Past.KeptAfter;
        if (keptAfter is null)
        {
            var first = KeptEvents.FirstStored(database.Statement, known) ?? known.Buffer?.FirstVersion ?? known.Version + 1;
            if (version < first - 1)
                return false;

            keptAfter = version;
        }

        Store(database, known, version, body, keptAfter.Value);
        return true;
    }

    /// <summary>Writes it though there may be one of the same version: the twin goes on from there without what is lost.</summary>
    public static void Replace(SqliteDatabase database, KnownDevice known, long version, ReadOnlySpan<byte> body)
    {
        if (version > 0 && version >= known.Past.CheckpointVersion)
            Store(database, known, version, body, known.Past.KeptAfter ?? version);
    }

    private static void Store(SqliteDatabase database, KnownDevice known, long version, ReadOnlySpan<byte> body, long keptAfter)
    {
        var at = known.Past.LastEventAt;
        database.Statement("INSERT OR REPLACE INTO checkpoint(device, version, at, body, checksum) VALUES(?, ?, ?, ?, ?)")
            .Bind(known.Id).Bind(version).Bind(at).Bind(body).Bind(StoredChecksum.Of(body, known.Id, version, at)).Run();
        database.Statement("UPDATE device SET kept_after = ?, checkpoint_version = ?, checkpoint_at = ? WHERE id = ?")
            .Bind(keptAfter).Bind(version).Bind(at).Bind(known.Id).Run();
    }
}
