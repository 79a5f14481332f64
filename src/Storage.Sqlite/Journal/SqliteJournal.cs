using System.Runtime.CompilerServices;
using OrleansIot.Application;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;
using OrleansIot.Storage.Sqlite.Commits;
using OrleansIot.Storage.Sqlite.Database;

namespace OrleansIot.Storage.Sqlite.Journal;

/// <summary>The event log: appends by the group commit, reads by the tail index, or by a scan where the tail does not reach.</summary>
internal sealed class SqliteJournal(GroupCommit writer, DeviceRegister devices, ReadConnections readers, RecoveredRows recovered, DamageFound damage) : ITwinJournal
{
    private const string SelectRow = "SELECT body FROM log WHERE position = ?";
    private const string SelectRowsFrom = "SELECT position, body FROM log WHERE position >= ? ORDER BY position LIMIT 1";

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
            : Scan(known.Id, afterVersion, cancellation);
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

    // For what is older than the snapshot: looking at the past, which may take its time.
    private async IAsyncEnumerable<JournaledEvent> Scan(long device, long afterVersion, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (LogRow? row = null; (row = await RowFrom((row?.Position ?? 0) + 1, cancellation)) is not null;)
        {
            foreach (var record in row.Records())
            {
                if (record.Device != device || record.LastVersion <= afterVersion)
                    continue;

                foreach (var journaled in Select(record.FirstVersion, row.Events(record), afterVersion))
                    yield return journaled;
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

    private async ValueTask<LogRow?> RowFrom(long position, CancellationToken cancellation)
    {
        using var reader = await readers.Rent(cancellation);
        using var select = reader.Statement(SelectRowsFrom).Bind(position);
        return select.Step() ? Parsed(select.Int64(0), select.Blob(1)) : null;
    }
}
