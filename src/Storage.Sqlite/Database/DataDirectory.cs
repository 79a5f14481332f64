using OrleansIot.Application;

namespace OrleansIot.Storage.Sqlite.Database;

/// <summary>The directory with the database, held by this process alone while this object lives.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream lockFile)
    {
        DatabaseFile = Path.Combine(path, "orleansiot.db");
        _lock = lockFile;
    }

    public string DatabaseFile { get; }

    /// <summary>What the file system has left for this user.</summary>
    public long FreeBytes() => new DriveInfo(Path.GetDirectoryName(DatabaseFile)!).AvailableFreeSpace;

    public static DataDirectory Open(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{Setting(full)} cannot be made: {e.Message} Name a directory that this user may write to, or grant it.", e);
        }

        return new DataDirectory(full, Lock(full));
    }

    public void Dispose() => _lock.Dispose();

    // SQLite itself would let a second process in, and two writers would each believe that they own every device.
    private static FileStream Lock(string full)
    {
        var file = Path.Combine(full, "orleansiot.lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException($"{Setting(full)} is not writable: {e.Message} Grant this user write access, or name another directory.", e);
        }
        catch (IOException e)
        {
            throw new StoreException($"{Setting(full)} is in use by another process: {e.Message} Stop that process, or give this one a directory of its own.", e);
        }
    }

    private static string Setting(string full) => $"The data directory {full} (setting {SqliteOptions.Section}:{nameof(SqliteOptions.Path)})";
}
