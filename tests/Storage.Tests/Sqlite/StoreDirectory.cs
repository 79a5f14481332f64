using Microsoft.Extensions.Logging.Abstractions;
using OrleansIot.Storage.Sqlite;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Storage.Tests.Sqlite;

/// <summary>A data directory for one test, and the store that is open on it.</summary>
internal sealed class StoreDirectory : IAsyncDisposable
{
    private SqliteStore? _open;

    public string Path { get; private init; } = Directory.CreateTempSubdirectory("orleansiot-").FullName;

    public ManualTime Time { get; private init; } = new();

    /// <summary>Closes the store that is open, as a graceful stop does, and opens it (again).</summary>
    public async ValueTask<SqliteStore> Open()
    {
        await Close();
        return _open = SqliteStore.Open(Path, Time, NullLogger.Instance);
    }

    /// <summary>The files as a crash at this moment would leave them.</summary>
    public StoreDirectory AfterCrash()
    {
        var copy = new StoreDirectory { Time = Time };
        foreach (var file in Directory.GetFiles(Path, "*.db*"))
            File.Copy(file, System.IO.Path.Combine(copy.Path, System.IO.Path.GetFileName(file)));

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
