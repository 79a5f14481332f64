using System.Runtime.CompilerServices;
using OrleansIot.Application;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>The event log: appends by the group commit, reads by the tail index, or from what outlives the log where the tail does not reach.</summary>
internal sealed class SqliteJournal(
    GroupCommit writer, DeviceRegister devices, ReadConnections readers, RecoveredRows recovered, KeptEvents kept, DamageFound damage) : ITwinJournal
{
    private const string SelectRow = "SELECT body FROM log WHERE position = ?";
    private const string SelectOldRowsFrom = "SELECT position, body FROM log WHERE position >= ? AND position <= (SELECT value FROM meta WHERE name = ?) ORDER BY position LIMIT 1";

    public ValueTask Append(TwinAppend append, CancellationToken cancellation) => writer.Append(append, cancellation);

    public IAsyncEnumerable<JournaledEvent> Read(DeviceId device, long afterVersion, CancellationToken cancellation)
    {
        if (devices.Find(device) is not { } known)
            return AsyncEnumerable.Empty<JournaledEvent>();

        TailEntry[] tail;
        long tailAfter;
        lock (known.Lock)
        {
            tail = known.Tail.ToArray();
            tailAfter = known.Tail.After;
        }

        return afterVersion >= tailAfter
            ? ReadTail(tail, afterVersion, cancellation)
            : ReadPast(known, afterVersion, cancellation);
    }

    private async IAsyncEnumerable<JournaledEvent> ReadTail(TailEntry[] tail, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var entry in tail)
        {
            if (entry.LastVersion <= afterVersion)
                continue;

            var row = recovered.Find(entry.Position) ?? await Row(entry.Position, cancellation);
            var record = row.RecordAt(entry.Offset);
            foreach (var journaled in Select(record.FirstVersion, row.Events(record), afterVersion))
                yield return journaled;
        }
    }

    private async IAsyncEnumerable<JournaledEvent> ReadPast(KnownDevice known, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        afterVersion = Math.Max(afterVersion, known.Past.DroppedThrough);
        if (known.Past.KeptAfter is null || afterVersion < known.Past.KeptAfter)
        {
            var first = await kept.FirstVersion(known, cancellation);
            await foreach (var journaled in ReadOldLog(known.Id, afterVersion, first, cancellation))
                yield return journaled;

            afterVersion = Math.Max(afterVersion, first - 1);
        }

        await foreach (var journaled in kept.Read(known, afterVersion, cancellation))
            yield return journaled;
    }

    // What an older release wrote and has not expired yet is in the log alone. Looking at it may take its time.
    private async IAsyncEnumerable<JournaledEvent> ReadOldLog(long device, long afterVersion, long before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (LogRow? row = null; afterVersion < before - 1 && (row = await OldRowFrom((row?.Position ?? 0) + 1, cancellation)) is not null;)
        {
            foreach (var record in row.Records())
            {
                if (record.Device != device || record.LastVersion <= afterVersion)
                    continue;

                foreach (var journaled in Select(record.FirstVersion, row.Events(record), afterVersion).Where(journaled => journaled.Version < before))
                {
                    afterVersion = journaled.Version;
                    yield return journaled;
                }
            }
        }
    }

    private static IEnumerable<JournaledEvent> Select(long firstVersion, TwinEvent[] events, long afterVersion)
    {
        for (var i = 0; i < events.Length; i++)
        {
            if (firstVersion + i > afterVersion)
                yield return new JournaledEvent(firstVersion + i, events[i]);
        }
    }

    private async ValueTask<LogRow> Row(long position, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement(SelectRow).Bind(position);
        return select.Step()
            ? Parsed(position, select.Blob(0))
            : throw new StoreException($"The event log has no row {position}, which a twin needs. Restore the data directory from a backup.");
    }

    private LogRow Parsed(long position, ReadOnlySpan<byte> body)
    {
        try
        {
            return LogRow.Parse(position, body);
        }
        catch (StoreException e)
        {
            damage.Add(e.Message);
            throw;
        }
    }

    private async ValueTask<LogRow?> OldRowFrom(long position, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement(SelectOldRowsFrom).Bind(position).Bind(Meta.OldLogThrough);
        return select.Step() ? Parsed(select.Int64(0), select.Blob(1)) : null;
    }
}
