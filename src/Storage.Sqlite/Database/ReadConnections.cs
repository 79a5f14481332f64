using System.Collections.Concurrent;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>Read-only connections beside the writer. WAL lets them read while it commits.</summary>
internal sealed class ReadConnections(string file, TimeSpan busyTimeout) : IDisposable
{
    // Queries are CPU and page cache; more of them at once than cores would only take turns, and ingest needs cores too.
    private static readonly int AtOnce = Math.Max(2, Environment.ProcessorCount);

    private readonly SemaphoreSlim _free = new(AtOnce);
    private readonly ConcurrentBag<SqliteDatabase> _idle = [];
    private volatile bool _disposed;

    /// <summary>Waits for a free one. Give it back by disposing it.</summary>
    public async ValueTask<ReadConnection> Rent(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _free.WaitAsync(cancellation);
        try
        {
            return new ReadConnection(this, _idle.TryTake(out var idle) ? idle : SqliteDatabase.Open(file, readOnly: true, busyTimeout));
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var database))
            database.Dispose();
    }

    internal void Return(SqliteDatabase database)
    {
        if (_disposed)
            database.Dispose();
        else
            _idle.Add(database);

        _free.Release();
    }
}
