using Amazon.DynamoDBv2.Model;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.DynamoDb.Database;

namespace OrleansIot.Storage.DynamoDb.Sessions;

/// <summary>
/// The table of sessions. What an append comes down to is one write where that suffices, one transaction where it fits into one,
/// and goes through the redo log where it does not: all of it or none, however long it is.
/// </summary>
/// <remarks>
/// After a failure it may be unknown what was stored: an answer was lost. The table is then read again before anything else is
/// written, so whatever is there is what counts.
/// </remarks>
internal sealed class DynamoSessionStore(DynamoDatabase database) : ISessionStore, IDisposable
{
    // Limits of a transaction: 100 writes and 4 MB, of which sizes are estimated.
    private const int MostWrites = 100;
    private const int MostBytes = 3 * 1_024 * 1_024;

    private readonly RedoLog _redo = new(database);

    // Appends come one after the other: the next one's writes follow from what this one leaves.
    private readonly SemaphoreSlim _turn = new(1);
    private SessionIndex? _index;

    public async ValueTask<StoredMessaging> Load(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await Read(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask Append(IReadOnlyList<SessionChange> changes, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_index is null)
                await Read(cancellation);

            var index = _index!;

            // Until it is known to be done, memory is not to be believed.
            _index = null;
            var isFinished = await Write(SessionWrites.Of(changes, index).All, cancellation);
            _index = isFinished ? index : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <returns>Whether all of it is in its place already; it is stored in any case.</returns>
    private async ValueTask<bool> Write(IReadOnlyCollection<SessionWrite> writes, CancellationToken cancellation)
    {
        var table = database.NameOf(Table.Sessions);
        switch (writes)
        {
            case { Count: 0 }:
                return true;

            case { Count: 1 }:
                await Write(writes.Single(), cancellation);
                return true;

            case { Count: <= MostWrites } when writes.Sum(write => write.Bytes) <= MostBytes:
                await database.Transact([.. writes.Select(write => write.ToTransactWrite(table))], Guid.NewGuid().ToString("N"), cancellation);
                return true;

            default:
                await _redo.Decide(writes, cancellation);
                return await Finish(writes, cancellation);
        }
    }

    private async ValueTask Write(SessionWrite write, CancellationToken cancellation)
    {
        switch (write)
        {
            case SessionWrite.Put put:
                await database.Put(Table.Sessions, put.Item, null, cancellation);
                break;

            case SessionWrite.Set set:
                await database.Update(set.ToUpdate(database.NameOf(Table.Sessions)), cancellation);
                break;

            default:
                await database.Delete(Table.Sessions, write.Partition, write.Sort, cancellation);
                break;
        }
    }

    private async ValueTask<bool> Finish(IReadOnlyCollection<SessionWrite> writes, CancellationToken cancellation)
    {
        try
        {
            await _redo.Finish(writes, cancellation);
            return true;
        }
        catch (Exception e) when (e is Application.StoreException or OperationCanceledException)
        {
            // It is decided, so it is stored; the next append, or the next start, puts it in its place first.
            return false;
        }
    }

    private async ValueTask<StoredMessaging> Read(CancellationToken cancellation)
    {
        _index = null;
        await _redo.Finish(cancellation);
        var rows = new LoadedRows();
        var scan = new ScanRequest { TableName = database.NameOf(Table.Sessions), ConsistentRead = true };
        await foreach (var item in database.Scan(scan, cancellation))
            rows.Add(item);

        var (messaging, index) = rows.Build();
        _index = index;
        return messaging;
    }
}
