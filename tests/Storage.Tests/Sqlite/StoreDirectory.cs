using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.Storage.Sqlite;
using OrleansIot.Storage.Sqlite.Database;
using OrleansIot.Storage.Tests.Contracts;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>A data directory for one test, and the store that is open on it.</summary>
/// <param name="path">One that is there; null for one of its own.</param>
internal sealed class StoreDirectory(string? path = null) : IStoreUnderTest
{
    private SqliteStore? _open;

    public string Path { get; } = path ?? Directory.CreateTempSubdirectory("orleansiot-").FullName;

    public ManualTime Time { get; init; } = new();

    public TimeSpan AlertRetention { get; init; } = new StoreTuning().AlertRetention;

    public ILogger Log { get; init; } = NullLogger.Instance;

    public string File => System.IO.Path.Combine(Path, "orleansiot.db");

    /// <summary>Closes the store that is open, as a graceful stop does, and opens it (again).</summary>
    public async ValueTask<SqliteStore> Open(StoreTuning? tuning = null)
    {
        await Close();
        return _open = SqliteStore.Open(Path, Time, Log, (tuning ?? new StoreTuning()) with { AlertRetention = AlertRetention });
    }

    async ValueTask<StorePorts> IStoreUnderTest.Open() => StorePorts.Of(await Open());

    /// <summary>So much time passes that all that waits is in chunks, and the log is compacted as far as snapshots allow.</summary>
    public async Task Settle(StorePorts store)
    {
        // Buffers become due at some tick, and the log at the next: each is the writer's own work once it is awake.
        for (var round = 0; round < 3; round++)
        {
            Time.Advance(TimeSpan.FromMinutes(6));
            await store.Rules.MarkSeeded(default);
            await store.Rules.MarkSeeded(default);
        }
    }

    /// <summary>Looks into the file past the store.</summary>
    public long Number(string sql)
    {
        using var database = SqliteDatabase.Open(File, readOnly: true, TimeSpan.FromSeconds(2));
        return database.Number(sql);
    }

    /// <summary>Changes the file past the store, which must be closed.</summary>
    public void Execute(string sql)
    {
        using var database = SqliteDatabase.Open(File, readOnly: false, TimeSpan.FromSeconds(2));
        database.Execute(sql);
    }

    /// <summary>The files as a crash at this moment would leave them.</summary>
    public async Task<StoreDirectory> AfterCrash()
    {
        // Files cannot be copied in one moment, so the writer must have come to rest.
        await _open!.Rules.MarkSeeded(default);
        var copy = new StoreDirectory { Time = Time };
        foreach (var file in Directory.GetFiles(Path, "*.db*"))
            System.IO.File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));

        return copy;
    }

    public async ValueTask Close()
    {
        if (_open is not null)
            await _open.DisposeAsync();

        _open = null;
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        Directory.Delete(Path, recursive: true);
    }
}
